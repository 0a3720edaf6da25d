/// An Ethernet header (IEEE 802.3 §3.1; RFC 894 for its use with IP).
///
///     0                 6                12          14
///     +-----------------+-----------------+-----------+
///     |   destination   |     source      | type/len  |
///     +-----------------+-----------------+-----------+
public struct EthernetHeader: Sendable, BitwiseCopyable, Hashable {
    /// 14 octets.
    public static let length = 14

    /// Whom the frame is for.
    public var destination: MACAddress
    /// Whom it is from.
    public var source: MACAddress
    /// The last field as it stands: an EtherType from 0x0600 up, else the length of an IEEE 802.3 frame's data.
    public var typeOrLength: UInt16

    /// The three fields as they are sent; `FrameBuilder` fills the last one in.
    @inlinable
    public init(destination: MACAddress, source: MACAddress, typeOrLength: UInt16) {
        self.destination = destination
        self.source = source
        self.typeOrLength = typeOrLength
    }

    /// What follows, or nil for an IEEE 802.3 frame, which carries a length instead.
    @inlinable public var etherType: EtherType? {
        typeOrLength >= 0x0600 ? EtherType(rawValue: typeOrLength) : nil
    }

    /// Decodes the first 14 octets of `header`, which must hold them.
    @inline(__always)
    init(decoding header: Span<UInt8>) {
        precondition(header.count >= Self.length)
        // Eight octets at once, of which six are the address.
        destination = MACAddress(rawValue: header.uint64(at: 0) >> 16)
        source = MACAddress(rawValue: header.uint64(at: 6) >> 16)
        typeOrLength = header.uint16(at: 12)
    }

    /// Appends the header's 14 octets.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: destination)
        bytes.append(bigEndian: source)
        bytes.append(bigEndian: typeOrLength)
    }
}
