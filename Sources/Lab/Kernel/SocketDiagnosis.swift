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

extension KernelSample {
    /// Octets of `struct inet_diag_msg`.
    private static let fixedLength = 72

    /// What one message of sock_diag's tells; nil where it holds no TCP_INFO, or is no such message.
    init?(_ reply: NetlinkReply, at timestamp: Timestamp) {
        let octets = reply.payload
        guard reply.type == UInt16(SOCK_DIAG_BY_FAMILY), octets.count >= Self.fixedLength,
            let info = reply.attribute(UInt16(INET_DIAG_INFO), after: Self.fixedLength), !info.isEmpty
        else { return nil }
        /// An end of the connection: its port and its address in network order.
        func endpoint(port: Int, address: Int) -> Endpoint? {
            let start = octets.startIndex
            let number = UInt16(octets[start + port]) << 8 | UInt16(octets[start + port + 1])
            func word(_ offset: Int) -> UInt64 {
                octets[(start + offset)..<(start + offset + 8)].reduce(0) { $0 << 8 | UInt64($1) }
            }
            let (high, low) = (word(address), word(address + 8))
            switch Int32(octets[start]) {
            case AF_INET:
                return Endpoint(
                    address: .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: high >> 32))), port: number)
            case AF_INET6 where high == 0 && low >> 32 == 0xFFFF:
                // A socket for both families that talks IPv4 (RFC 4291 §2.5.5.2): its frames are IPv4's.
                return Endpoint(
                    address: .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low))), port: number)
            case AF_INET6: return Endpoint(address: .v6(IPv6Address(high: high, low: low)), port: number)
            default: return nil
            }
        }
        guard let local = endpoint(port: 4, address: 8), let peer = endpoint(port: 6, address: 24) else { return nil }
        self.init(timestamp: timestamp, local: local, peer: peer, info: TCPInfo(octets: info))
    }
}
