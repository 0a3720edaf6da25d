/// An IPv6 header (RFC 8200 §3) and what its chain of extension headers came to.
///
///     0                   1                   2                   3
///     +-------+---------------+---------------------------------------+
///     |Version| Traffic class |              Flow label               |
///     +-------+-------+-------+-------+---------------+---------------+
///     |        Payload length         |  Next header  |   Hop limit   |
///     +-------------------------------+---------------+---------------+
///     |                   Source address, 16 octets                   |
///     |                 Destination address, 16 octets                |
///     +---------------------------------------------------------------+
public struct IPv6Header: Sendable, BitwiseCopyable, Hashable {
    /// 40 octets; extension headers come on top.
    public static let length = 40

    /// DSCP in the high six bits, ECN in the low two.
    public let trafficClass: UInt8
    /// 20 bits; 0 for packets that belong to no flow.
    public let flowLabel: UInt32
    /// Octets behind this header. 0 with a jumbo payload option, or where segmentation was offloaded.
    public let payloadLength: UInt16
    public let nextHeader: IPProtocol
    public let hopLimit: UInt8
    public let source: IPv6Address
    public let destination: IPv6Address
    /// The extension headers that were walked; empty where there were none.
    public internal(set) var extensionHeaders: IPv6ExtensionHeaders

    /// DSCP, 0...63.
    @inlinable public var differentiatedServicesCodePoint: UInt8 { trafficClass >> 2 }
    @inlinable public var explicitCongestionNotification: ExplicitCongestionNotification {
        ExplicitCongestionNotification(lowBitsOf: trafficClass)
    }

    /// Decodes the first 40 octets of `header`, which must hold them; `offset` is where they stand in the frame.
    @inline(__always)
    init(decoding header: Span<UInt8>, at offset: Int) {
        let first = header.uint32(at: 0)
        trafficClass = UInt8(truncatingIfNeeded: first >> 20)
        flowLabel = first & 0xF_FFFF
        payloadLength = header.uint16(at: 4)
        nextHeader = IPProtocol(rawValue: header[6])
        hopLimit = header[7]
        source = IPv6Address(high: header.uint64(at: 8), low: header.uint64(at: 16))
        destination = IPv6Address(high: header.uint64(at: 24), low: header.uint64(at: 32))
        extensionHeaders = IPv6ExtensionHeaders(
            range: ByteRange(from: offset + Self.length, to: offset + Self.length), upperLayer: nextHeader)
    }
}
