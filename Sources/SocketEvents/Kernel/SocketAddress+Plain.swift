internal import CLinux
internal import Glibc
internal import PacketDecode

extension SocketAddress {
    /// The address that a call of CLinux tells; nil where it tells none. An IPv4-mapped IPv6 address becomes the IPv4 address
    /// that its frames carry.
    init?(_ plain: wirewatch_address) {
        let port = plain.port
        let (high, low) = unsafe withUnsafeBytes(of: plain.octets) { bytes in
            unsafe (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        switch Int32(plain.family) {
        case AF_INET:
            let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: high >> 32))
            self.init(Endpoint(address: .v4(address), port: port))
        case AF_INET6 where high == 0 && low >> 32 == 0xFFFF:
            let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: low))
            self.init(Endpoint(address: .v4(address), port: port))
        case AF_INET6:
            self.init(Endpoint(address: .v6(IPv6Address(high: high, low: low)), port: port), scopeID: plain.scope)
        default:
            return nil
        }
    }
}
