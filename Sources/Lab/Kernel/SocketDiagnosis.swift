internal import CLinux
internal import Glibc
internal import PacketDecode
public import SocketEvents

/// What the kernel tells of any program's TCP sockets (sock_diag(7)): state, windows, timers and counters of each
/// connection in one network namespace. It needs no rights.
///
/// It asks about the namespace of the thread that made it, whatever thread asks.
public struct SocketDiagnosis: ~Copyable, Sendable {
    private var socket: NetlinkSocket

    /// - Throws: `NetlinkError` where the kernel has no such service.
    public init() throws(NetlinkError) { socket = try NetlinkSocket(NETLINK_SOCK_DIAG) }

    /// All TCP connections, IPv4 and IPv6, that the kernel keeps TCP_INFO of: neither listeners nor what is in TIME-WAIT.
    public mutating func connections() throws(NetlinkError) -> [KernelSample] {
        var samples: [KernelSample] = []
        for family in [AF_INET, AF_INET6] {
            try socket.dump(Self.request(family: UInt8(family))) { reply in
                if let sample = KernelSample(reply, at: .now) { samples.append(sample) }
            }
        }
        return samples
    }

    /// `struct inet_diag_req_v2` for all connections of an address family.
    private static func request(family: UInt8) -> NetlinkMessage {
        var message = NetlinkMessage(
            "ask for TCP sockets", type: UInt16(SOCK_DIAG_BY_FAMILY), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
        message.append(family)
        message.append(UInt8(IPPROTO_TCP))
        // Extensions are asked for by a bit each.
        message.append(UInt8(1 << (INET_DIAG_INFO - 1)))
        message.append(UInt8(0))
        let withoutInfo = [TCPInfo.State.closed, .listen, .timeWait]
        message.append(withoutInfo.reduce(~UInt32(0)) { $0 & ~(1 << UInt32($1.rawValue)) })
        // struct inet_diag_sockid: any.
        message.append(octets: [UInt8](repeating: 0, count: 48))
        return message
    }
}
