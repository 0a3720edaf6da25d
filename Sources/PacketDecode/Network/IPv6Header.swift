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
    public var trafficClass: UInt8
    /// 20 bits; 0 for packets that belong to no flow.
    public var flowLabel: UInt32
    /// Octets behind this header. 0 with a jumbo payload option, or where segmentation was offloaded.
    public var payloadLength: UInt16
    /// What follows this header: the first extension header's kind, or the upper layer.
    public var nextHeader: IPProtocol
    /// Hops that the packet may still take.
    public var hopLimit: UInt8
    /// Whom the packet is from.
    public var source: IPv6Address
    /// Whom it is for; with a routing header, the next stop.
    public var destination: IPv6Address
    /// The extension headers that were walked; empty where there were none.
    public internal(set) var extensionHeaders: IPv6ExtensionHeaders

    /// A header without extension headers; the length stands as given, or is filled in by `FrameBuilder`.
    public init(
        source: IPv6Address, destination: IPv6Address, nextHeader: IPProtocol = .tcp, hopLimit: UInt8 = 64,
        trafficClass: UInt8 = 0, flowLabel: UInt32 = 0, payloadLength: UInt16 = 0
    ) {
        self.trafficClass = trafficClass
        self.flowLabel = flowLabel
        self.payloadLength = payloadLength
        self.nextHeader = nextHeader
        self.hopLimit = hopLimit
        self.source = source
        self.destination = destination
        extensionHeaders = IPv6ExtensionHeaders(range: .empty, upperLayer: nextHeader)
    }

    /// DSCP, 0...63.
    @inlinable public var differentiatedServicesCodePoint: UInt8 { trafficClass >> 2 }
    /// ECN (RFC 3168 §5).
    @inlinable public var explicitCongestionNotification: ExplicitCongestionNotification {
        ExplicitCongestionNotification(lowBitsOf: trafficClass)
    }

    /// Decodes the first 40 octets of `header`, which must hold them; `offset` is where they stand in the frame.
    @inline(__always)
    init(decoding header: Span<UInt8>, at offset: Int) {
        precondition(header.count >= Self.length)
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

    /// Appends the 40 octets, every field as it stands; extension headers go behind them.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: 6 << 28 | UInt32(trafficClass) << 20 | flowLabel & 0xF_FFFF)
        bytes.append(bigEndian: payloadLength)
        bytes.append(nextHeader.rawValue)
        bytes.append(hopLimit)
        bytes.append(bigEndian: source.high)
        bytes.append(bigEndian: source.low)
        bytes.append(bigEndian: destination.high)
        bytes.append(bigEndian: destination.low)
    }
}
