internal import CLinux
internal import Glibc
internal import PacketDecode
internal import SocketEvents

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
