public import PacketDecode

/// What the kernel said of one TCP connection at one moment.
public struct KernelSample: Sendable, Hashable {
    /// When the kernel was asked, on the frames' clock.
    public var timestamp: Timestamp
    public var local: Endpoint
    public var peer: Endpoint
    public var info: TCPInfo

    public init(timestamp: Timestamp, local: Endpoint, peer: Endpoint, info: TCPInfo) {
        self.timestamp = timestamp
        self.local = local
        self.peer = peer
        self.info = info
    }
}

/// What the kernel says of one socket's memory (SO_MEMINFO, sock_diag(7)).
public struct SocketMemoryInfo: Sendable, Hashable {
    /// Packets that the kernel dropped at this socket since it was opened: its buffer was full, or its filter said so.
    public var drops: UInt32
    /// Octets that the receive buffer may hold, with the kernel's own overhead.
    public var receiveBufferSize: UInt32

    public init(drops: UInt32, receiveBufferSize: UInt32) {
        self.drops = drops
        self.receiveBufferSize = receiveBufferSize
    }
}
