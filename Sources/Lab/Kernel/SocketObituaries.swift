internal import CLinux
internal import Glibc
internal import PacketDecode
internal import SocketEvents

/// The kernel's word on each TCP connection that ends, with its last counters (SKNLGRP_INET_TCP_DESTROY of sock_diag(7)).
///
/// A socket that its program has closed counts on until the kernel is done with it: this is when.
struct SocketObituaries: ~Copyable, Sendable {
    private let socket: NetlinkSocket
    private static let operation = "listen for the end of TCP sockets"

    /// Listens from now on, to the namespace of the calling thread.
    init() throws(NetlinkError) {
        let socket = try NetlinkSocket(NETLINK_SOCK_DIAG)
        try socket.takeAddress(Self.operation)
        for group in [SKNLGRP_INET_TCP_DESTROY, SKNLGRP_INET6_TCP_DESTROY] {
            try socket.join(group: group.rawValue, Self.operation)
        }
        self.socket = socket
    }

    /// Becomes readable when there is news.
    var descriptor: Int32 { socket.descriptor }

    /// The connections that ended since the last time.
    ///
    /// - Throws: `NetlinkError` with ENOBUFS where there were more than the socket could hold.
    func take() throws(NetlinkError) -> [KernelSample] {
        var samples: [KernelSample] = []
        try socket.drain(Self.operation) { reply in
            // Without a peer it is a listener that was closed, or a socket that never connected.
            if let sample = KernelSample(reply, at: .now), sample.peer.port != 0 { samples.append(sample) }
        }
        return samples
    }
}
