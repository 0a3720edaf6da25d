/// Turns the bytes of frames into `DecodedPacket` values.
///
/// Any bytes are valid input: decoding neither throws nor traps. It is lax: every layer that is good is returned, and
/// `stop` says what ended the rest. Nothing is allocated.
public struct PacketDecoder: Sendable {
    /// What the frames start with.
    public let linkType: LinkType

    @inlinable
    public init(linkType: LinkType) { self.linkType = linkType }

    /// Decodes a frame.
    ///
    /// - Parameters:
    ///   - bytes: the octets that were captured.
    ///   - originalLength: the frame's octets on the wire; below `bytes.count` it counts as that. It tells a frame that
    ///     the snapshot length cut from one that is malformed.
    // Inlined into the caller, so that the packet is filled in where it is wanted, and not copied there.
    @inlinable @inline(__always)
    public func decode(_ bytes: Span<UInt8>, originalLength: Int) -> DecodedPacket {
        var packet = DecodedPacket.empty
        decode(bytes, originalLength: originalLength, into: &packet)
        return packet
    }

    /// Fills in a packet that is as `init` leaves it.
    @usableFromInline
    func decode(_ bytes: Span<UInt8>, originalLength: Int, into packet: inout DecodedPacket) {
        var walk = LayerWalk(captured: bytes.count, original: max(originalLength, bytes.count))
        walk.decodeLink(bytes, linkType, into: &packet)
    }

    /// Decodes a frame that was captured whole.
    public func decode(_ bytes: Span<UInt8>) -> DecodedPacket {
        decode(bytes, originalLength: bytes.count)
    }

    /// Decodes the packet that an ICMP error quotes, with ranges into the same frame.
    ///
    /// A quotation is usually cut, which is what ICMP does and no fault: the quoted packet's `stop` then says `.frame`
    /// or the length that its own headers promised.
    ///
    /// - Parameters:
    ///   - packet: a decoded packet.
    ///   - bytes: the frame that it was decoded from.
    /// - Returns: the quoted packet, or nil where `packet` is no ICMP error.
    public static func decodeQuoted(in packet: DecodedPacket, _ bytes: Span<UInt8>) -> DecodedPacket? {
        var quoted = DecodedPacket()
        switch packet.transport {
        case .icmp(let header) where !header.quoted.isEmpty:
            var walk = LayerWalk(range: header.quoted.clamped(to: bytes.count), isQuotation: true)
            walk.decodeIPv4(bytes, into: &quoted)
        case .icmpv6(let header) where !header.quoted.isEmpty:
            var walk = LayerWalk(range: header.quoted.clamped(to: bytes.count), isQuotation: true)
            walk.decodeIPv6(bytes, into: &quoted)
        default: return nil
        }
        return quoted
    }
}
