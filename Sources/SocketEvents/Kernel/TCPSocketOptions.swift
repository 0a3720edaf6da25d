internal import Glibc

/// What a program may ask of a TCP socket before it is used (tcp(7), socket(7)). A connection inherits its listener's.
public struct TCPSocketOptions: Sendable, Hashable {
    /// How TCP asks a silent peer whether it is there (RFC 9293 §3.8.4); nil parts are the kernel's own.
    public struct KeepAlive: Sendable, Hashable {
        /// Seconds of silence before the first probe.
        public var idle: Int32?
        /// Seconds between probes.
        public var interval: Int32?
        /// Probes without an answer that end the connection.
        public var count: Int32?

        public init(idle: Int32? = nil, interval: Int32? = nil, count: Int32? = nil) {
            self.idle = idle
            self.interval = interval
            self.count = count
        }
    }

    /// Small segments do not wait for acknowledgments (TCP_NODELAY).
    public var isNagleDisabled = false
    public var keepAlive: KeepAlive?
    /// Milliseconds that data may stay without an acknowledgment before the connection ends (TCP_USER_TIMEOUT, RFC 5482).
    public var userTimeout: Int32?
    /// Data may travel in the SYN (RFC 7413): a client's TCP_FASTOPEN_CONNECT, a listener's TCP_FASTOPEN.
    public var isFastOpen = false
    /// Seconds that close(2) waits for acknowledgments (SO_LINGER); zero has it send a reset instead of a FIN.
    public var linger: Int32?
    /// Octets asked for the kernel's send buffer (SO_SNDBUF), which the kernel doubles and limits.
    public var sendBuffer: Int32?
    /// Octets asked for the kernel's receive buffer (SO_RCVBUF), which the kernel doubles and limits.
    public var receiveBuffer: Int32?

    public init() {}
}

extension SocketDescriptor {
    /// What a TCP socket will do.
    public enum TCPPurpose: Sendable, Hashable {
        case listening
        case connecting
    }

    /// Sets what `options` ask; what they leave open stays the kernel's.
    ///
    /// - Throws: `SocketError` with the operation `setOption` and the option's name.
    public func apply(_ options: TCPSocketOptions, for purpose: TCPPurpose) throws(SocketError) {
        let tcp = Int32(IPPROTO_TCP)
        if options.isNagleDisabled { try disableNagle() }
        if let keepAlive = options.keepAlive {
            try setOption(SOL_SOCKET, SO_KEEPALIVE, 1, named: "SO_KEEPALIVE")
            if let idle = keepAlive.idle { try setOption(tcp, TCP_KEEPIDLE, idle, named: "TCP_KEEPIDLE") }
            if let interval = keepAlive.interval {
                try setOption(tcp, TCP_KEEPINTVL, interval, named: "TCP_KEEPINTVL")
            }
            if let count = keepAlive.count { try setOption(tcp, TCP_KEEPCNT, count, named: "TCP_KEEPCNT") }
        }
        if let userTimeout = options.userTimeout {
            try setOption(tcp, TCP_USER_TIMEOUT, userTimeout, named: "TCP_USER_TIMEOUT")
        }
        if options.isFastOpen {
            switch purpose {
            case .listening: try setOption(tcp, TCP_FASTOPEN, Self.fastOpenQueue, named: "TCP_FASTOPEN")
            case .connecting: try setOption(tcp, TCP_FASTOPEN_CONNECT, 1, named: "TCP_FASTOPEN_CONNECT")
            }
        }
        if let linger = options.linger { try setLinger(seconds: linger) }
        if let octets = options.sendBuffer { try setOption(SOL_SOCKET, SO_SNDBUF, octets, named: "SO_SNDBUF") }
        if let octets = options.receiveBuffer { try setReceiveBuffer(octets: octets) }
    }

    /// Connections that may wait with data from their SYN, before the handshake is done.
    private static let fastOpenQueue: Int32 = 256
}
