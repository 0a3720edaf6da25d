/// Turns the bytes of frames into `DecodedPacket` values.
///
/// Any bytes are valid input: decoding neither throws nor traps. It is lax: every layer that is good is returned, and
/// `stop` says what ended the rest. Nothing is allocated.
public struct PacketDecoder: Sendable {
    /// What the frames start with.
    public let linkType: LinkType

    /// A decoder of frames that start as `linkType` says.
    @inlinable
    public init(linkType: LinkType) { self.linkType = linkType }

    /// Decodes a frame.
    ///
    /// - Parameters:
    ///   - bytes: the octets that were captured.
    ///   - originalLength: the frame's octets on the wire; below `bytes.count` it counts as that. It tells a frame that
    ///     the snapshot length cut from one that is malformed.
    @inlinable @inline(__always)
    public func decode(_ bytes: Span<UInt8>, originalLength: Int) -> DecodedPacket {
        // Inlined, so that the value is made where the caller keeps it: copying it costs more than a header's decode.
        var packet = DecodedPacket()
        fill(&packet, from: bytes, originalLength: originalLength)
        return packet
    }

    /// Decodes a frame into a value that is there already, whatever it held before.
    @inlinable @inline(__always)
    public func decode(_ bytes: Span<UInt8>, originalLength: Int, into packet: inout DecodedPacket) {
        packet = DecodedPacket()
        fill(&packet, from: bytes, originalLength: originalLength)
    }

    /// Decodes a frame into `packet`, of which nothing is known yet.
    @usableFromInline
    func fill(_ packet: inout DecodedPacket, from bytes: Span<UInt8>, originalLength: Int) {
        var walk = LayerWalk(captured: bytes.count, original: max(originalLength, bytes.count))
        walk.decodeLink(bytes, linkType, into: &packet)
    }

    /// Decodes a frame that was captured whole.
    @inlinable @inline(__always)
    public func decode(_ bytes: Span<UInt8>) -> DecodedPacket {
        decode(bytes, originalLength: bytes.count)
    }

    /// Decodes the packet that an ICMP error quotes (RFC 1122 §3.2.2, RFC 4443 §2.4 (c)), with ranges into the same frame.
    ///
    /// A quotation is usually cut, which is what ICMP does and no fault: `payloadLength` is then what the quoted headers
    /// promise, and a header that the cut went through leaves a `stop` whose limit is `.quotation`.
    ///
    /// - Parameters:
    ///   - packet: a decoded packet.
    ///   - bytes: the frame that it was decoded from.
    /// - Returns: the quoted packet, or nil where `packet` is no ICMP error.
    public static func decodeQuoted(in packet: DecodedPacket, _ bytes: Span<UInt8>) -> DecodedPacket? {
        var quoted = DecodedPacket()
        switch packet.transport {
        case .icmp(let header) where !header.quoted.isEmpty:
            var walk = LayerWalk(quotation: header.quoted.clamped(to: bytes.count))
            walk.decodeIPv4(bytes, into: &quoted)
        case .icmpv6(let header) where !header.quoted.isEmpty:
            var walk = LayerWalk(quotation: header.quoted.clamped(to: bytes.count))
            walk.decodeIPv6(bytes, into: &quoted)
        default: return nil
        }
        return quoted
    }
}
