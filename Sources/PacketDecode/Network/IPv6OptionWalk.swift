/// An option of an IPv6 hop-by-hop or destination options header (RFC 8200 §4.2), typed.
public enum IPv6Option: Sendable, BitwiseCopyable, Hashable {
    /// One octet of padding.
    case pad1
    /// Padding of two octets and more.
    case padN(data: ByteRange)
    /// Octets behind the IPv6 header, above 65,535 (RFC 2675 §2).
    case jumboPayload(UInt32)
    /// 0: multicast listener discovery (RFC 2711 §2.1).
    case routerAlert(UInt16)
    /// The mobile node's own address (RFC 6275 §6.3).
    case homeAddress(IPv6Address)
    /// A type without a meaning here, or one of an unexpected length: its data behind type and length.
    case unknown(type: UInt8, data: ByteRange)
    /// A length beyond the header's end: the walk ends here.
    case malformed(type: UInt8, length: UInt8?)
}

/// A walk over the options of a hop-by-hop or destination options header, one at a time, in order.
public struct IPv6OptionWalk: Sendable {
    private var offset: Int
    private var end: Int

    /// Starts behind the next header and length octets of `header`, which is a hop-by-hop or destination options header.
    public init(_ header: IPv6ExtensionHeader) {
        self.init(range: ByteRange(from: header.range.start + 2, to: header.range.end))
    }

    /// Starts at the first octet of `range`, which holds options alone.
    init(range: ByteRange) {
        offset = range.start
        end = range.end
    }

    /// The next option with its octets in the frame, or nil at the end. `bytes` is the frame that the range came from.
    public mutating func next(in bytes: Span<UInt8>) -> (option: IPv6Option, range: ByteRange)? {
        let limit = min(end, bytes.count)
        guard offset < limit else { return nil }
        let start = offset
        let type = bytes[start]
        if type == 0 {
            offset += 1
            return (.pad1, ByteRange(from: start, to: offset))
        }
        let length = start + 1 < limit ? bytes[start + 1] : nil
        guard let length, start + 2 + Int(length) <= limit else {
            end = start
            return (.malformed(type: type, length: length), ByteRange(from: start, to: limit))
        }
        offset = start + 2 + Int(length)
        let data = ByteRange(from: start + 2, to: offset)
        return (Self.option(type, data, bytes.extracting(data.indices)), ByteRange(from: start, to: offset))
    }

    private static func option(_ type: UInt8, _ data: ByteRange, _ octets: Span<UInt8>) -> IPv6Option {
        switch (type, octets.count) {
        case (1, _): .padN(data: data)
        case (0xC2, 4): .jumboPayload(octets.uint32(at: 0))
        case (0x05, 2): .routerAlert(octets.uint16(at: 0))
        case (0xC9, 16): .homeAddress(IPv6Address(high: octets.uint64(at: 0), low: octets.uint64(at: 8)))
        default: .unknown(type: type, data: data)
        }
    }
}
