public import Glibc
public import PacketDecode

/// An endpoint as the kernel takes it: with the IPv6 zone that a link-local address needs (RFC 4007 §6).
public struct SocketAddress: Sendable, Hashable {
    public var endpoint: Endpoint
    /// The interface index of an IPv6 link-local address; zero for every other address.
    public var scopeID: UInt32

    public init(_ endpoint: Endpoint, scopeID: UInt32 = 0) {
        self.endpoint = endpoint
        self.scopeID = scopeID
    }

    /// AF_INET or AF_INET6.
    public var family: Int32 {
        switch endpoint.address {
        case .v4: AF_INET
        case .v6: AF_INET6
        }
    }

    /// An IPv4 address as an IPv4-mapped IPv6 one (RFC 4291 §2.5.5.2), which an IPv6 socket must be given; others as they are.
    public var mappedToIPv6: SocketAddress {
        guard case .v4(let address) = endpoint.address else { return self }
        let mapped = IPv6Address(high: 0, low: 0xFFFF_0000_0000 | UInt64(address.rawValue))
        return SocketAddress(Endpoint(address: .v6(mapped), port: endpoint.port))
    }

    /// Lends the address as a `sockaddr` and its length.
    @unsafe
    public func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        switch endpoint.address {
        case .v4(let address):
            var raw = sockaddr_in()
            raw.sin_family = sa_family_t(AF_INET)
            raw.sin_port = endpoint.port.bigEndian
            raw.sin_addr.s_addr = address.rawValue.bigEndian
            return unsafe withUnsafeBytes(of: &raw) { bytes in
                unsafe Self.lend(bytes, to: body)
            }
        case .v6(let address):
            var raw = sockaddr_in6()
            raw.sin6_family = sa_family_t(AF_INET6)
            raw.sin6_port = endpoint.port.bigEndian
            raw.sin6_scope_id = scopeID
            unsafe withUnsafeMutableBytes(of: &raw.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: address.high.bigEndian, toByteOffset: 0, as: UInt64.self)
                unsafe bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return unsafe withUnsafeBytes(of: &raw) { bytes in
                unsafe Self.lend(bytes, to: body)
            }
        }
    }

    /// Lends `bytes`, which hold a whole socket address and so are never empty.
    private static func lend<Result>(
        _ bytes: UnsafeRawBufferPointer, to body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        guard let base = bytes.baseAddress else { preconditionFailure("a socket address has bytes") }
        return unsafe body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }

    /// The address in `storage`, as the kernel wrote it; nil where it is of another family. An IPv4-mapped IPv6 address becomes
    /// the IPv4 address that its frames carry.
    public init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let raw = unsafe withUnsafeBytes(of: &storage) { unsafe $0.loadUnaligned(as: sockaddr_in.self) }
            let address = IPv4Address(rawValue: UInt32(bigEndian: raw.sin_addr.s_addr))
            self.init(Endpoint(address: .v4(address), port: UInt16(bigEndian: raw.sin_port)))
        case AF_INET6:
            var raw = unsafe withUnsafeBytes(of: &storage) { unsafe $0.loadUnaligned(as: sockaddr_in6.self) }
            let port = UInt16(bigEndian: raw.sin6_port)
            let scopeID = raw.sin6_scope_id
            let (high, low) = unsafe withUnsafeBytes(of: &raw.sin6_addr) { bytes in
                (
                    UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                    UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            if high == 0, low >> 32 == 0xFFFF {
                let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: low))
                self.init(Endpoint(address: .v4(address), port: port))
            } else {
                self.init(Endpoint(address: .v6(IPv6Address(high: high, low: low)), port: port), scopeID: scopeID)
            }
        default:
            return nil
        }
    }
}

extension SocketAddress {
    /// A copy of the address of `length` octets at `pointer`; nil where there is none, or it is of another family.
    @unsafe
    public init?(copying pointer: UnsafePointer<sockaddr>?, length: Int) {
        guard let pointer = unsafe pointer, length <= MemoryLayout<sockaddr_storage>.size else { return nil }
        var storage = sockaddr_storage()
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: length))
        }
        self.init(storage)
    }
}

extension Endpoint {
    /// 0.0.0.0:0, which stands for an end that the kernel does not tell.
    public static let unspecified = Endpoint(address: .v4(IPv4Address(rawValue: 0)), port: 0)
}
