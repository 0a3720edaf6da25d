/// The header of BSD's loopback captures (LINKTYPE_NULL, LINKTYPE_LOOP): the address family of what follows.
public struct LoopbackHeader: Sendable, BitwiseCopyable, Hashable {
    /// 4 octets.
    public static let length = 4

    /// The PF_ number of the system that captured: 2 is IPv4 everywhere; IPv6 is 10 on Linux, 23 on Windows, 24, 28 or 30
    /// on BSDs. A value above 0xFFFF is no family: some adapters write an EtherType into the last two octets.
    public let family: UInt32

    /// A header that announces `family`.
    @inlinable public init(family: UInt32) { self.family = family }

    /// What follows, or nil for a family that is not IP.
    ///
    /// Families are small: above them an EtherType is taken for one.
    @inlinable public var etherType: EtherType? {
        switch family {
        case 2: .ipv4
        case 10, 23, 24, 28, 30: .ipv6
        case 0x1_0000...: EtherType(rawValue: UInt16(truncatingIfNeeded: family))
        default: nil
        }
    }

    /// Decodes the first four octets of `header`, which must hold them.
    ///
    /// LINKTYPE_NULL is in the byte order of the machine that captured, which the file does not name. Families are
    /// small, so the order in which the value fits 16 bits is the right one.
    init(decoding header: Span<UInt8>, isNetworkOrder: Bool) {
        let value = header.uint32(at: 0)
        family = isNetworkOrder || value < 0x1_0000 || value.byteSwapped >= 0x1_0000 ? value : value.byteSwapped
    }

    /// Appends the four octets in network byte order, as LINKTYPE_LOOP has them; LINKTYPE_NULL may have either order.
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: family) }
}
