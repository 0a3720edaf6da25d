extension LayerWalk {
    /// Decodes an IPv6 packet.
    @inline(__always)
    mutating func decodeIPv6(_ bytes: Span<UInt8>, into packet: inout DecodedPacket) {
        let start = offset
        packet.networkOffset = UInt32(truncatingIfNeeded: start)
        if let reason = shortage(of: IPv6Header.length) { return stop(&packet, .ipv6, at: start, reason) }
        let octets = bytes.extracting(start..<start + IPv6Header.length)
        guard octets[0] >> 4 == 6 else { return stop(&packet, .ipv6, at: start, .wrongVersion(octets[0] >> 4)) }
        let header = IPv6Header(decoding: octets, at: start)
        packet.network = .ipv6(header)
        packet.ipProtocol = header.nextHeader
        offset += IPv6Header.length
        // A payload length of 0 is a jumbogram (RFC 2675 §3), whose hop-by-hop header tells the length, or was left to
        // the network card with the segmentation of TCP or UDP: then the frame's length counts.
        let isLengthElsewhere =
            header.payloadLength == 0
            && (header.nextHeader == .tcp || header.nextHeader == .udp || header.nextHeader == .hopByHopOptions)
        if !isLengthElsewhere {
            let end = IPv6Header.length + Int(header.payloadLength)
            if let reason = narrow(from: start, length: end, by: .ipv6PayloadLength) {
                note(&packet, .ipv6, at: start, reason)
            }
        }
        var upperLayer = header.nextHeader
        if IPv6ExtensionHeaders.contains(upperLayer) {
            guard let next = decodeExtensionHeaders(bytes, header, into: &packet) else { return }
            upperLayer = next
        }
        decodeTransport(bytes, upperLayer, isIPv6: true, into: &packet)
    }

    /// Walks the chain of extension headers and returns what follows it, or nil where the decode ended.
    @inline(never)
    private mutating func decodeExtensionHeaders(
        _ bytes: Span<UInt8>, _ header: IPv6Header, into packet: inout DecodedPacket
    ) -> IPProtocol? {
        var header = header
        var chain = header.extensionHeaders
        var kind = header.nextHeader
        /// Keeps what was walked so far.
        func keep(_ packet: inout DecodedPacket, upTo end: Int) {
            chain.range = ByteRange(from: chain.range.start, to: end)
            chain.upperLayer = kind
            header.extensionHeaders = chain
            packet.network = .ipv6(header)
            packet.ipProtocol = kind
        }
        while IPv6ExtensionHeaders.contains(kind) {
            let start = offset
            var reason = shortage(of: 8)
            var length = 8
            if reason == nil {
                length = IPv6ExtensionHeader.length(of: kind, lengthField: bytes[start + 1])
                reason = shortage(of: length)
            }
            if let reason {
                keep(&packet, upTo: start)
                stop(&packet, .ipv6Extension, at: start, reason)
                return nil
            }
            let octets = bytes.extracting(start..<start + length)
            chain.count &+= 1
            offset += length
            switch kind {
            case .fragment:
                let fragment = IPv6FragmentHeader(decoding: octets)
                chain.fragment = fragment
                packet.isFragment = packet.isFragment || fragment.isFragment
                if fragment.fragmentOffset != 0 {
                    kind = fragment.nextHeader
                    keep(&packet, upTo: offset)
                    finish(&packet)
                    return nil
                }
            case .hopByHopOptions, .destinationOptions:
                if header.payloadLength == 0, chain.count == 1, kind == .hopByHopOptions,
                    let reason = narrowToJumboPayload(bytes, at: start, length: length)
                {
                    note(&packet, .ipv6, at: start - IPv6Header.length, reason)
                }
                checkOptions(bytes, at: start, length: length, into: &packet)
            case .routing:
                if let destination = finalDestination(octets, at: start) { chain.finalDestination = destination }
            default: break
            }
            kind = IPProtocol(rawValue: octets[0])
        }
        keep(&packet, upTo: offset)
        return kind
    }

    /// Notes a malformed option of a hop-by-hop or destination options header.
    private func checkOptions(_ bytes: Span<UInt8>, at start: Int, length: Int, into packet: inout DecodedPacket) {
        var walk = IPv6OptionWalk(range: ByteRange(from: start + 2, to: start + length))
        while let (option, range) = walk.next(in: bytes) {
            guard case .malformed(let type, _) = option else { continue }
            note(&packet, .ipv6Extension, at: range.start, .malformedOption(kind: type))
        }
    }

    /// Draws the limit of a jumbogram, and returns the fault where the jumbo payload option is not there or promises more
    /// than the frame holds (RFC 2675 §3).
    private mutating func narrowToJumboPayload(
        _ bytes: Span<UInt8>, at start: Int, length: Int
    ) -> DecodeError.Reason? {
        var walk = IPv6OptionWalk(range: ByteRange(from: start + 2, to: start + length))
        while let (option, _) = walk.next(in: bytes) {
            guard case .jumboPayload(let payloadLength) = option else { continue }
            guard Int(payloadLength) >= length else {
                return .tooShort(
                    needed: UInt32(length), available: payloadLength, limit: .ipv6JumboPayloadLength)
            }
            return narrow(from: start, length: Int(payloadLength), by: .ipv6JumboPayloadLength)
        }
        return .tooShort(needed: UInt32(length), available: 0, limit: .ipv6PayloadLength)
    }

    /// The last address of a routing header that still has segments left: types 0 and 2 list addresses in order of
    /// travel (RFC 8200 §4.4, RFC 6275 §6.4), a segment routing header (type 4, RFC 8754 §2) in reverse.
    private func finalDestination(_ header: Span<UInt8>, at start: Int) -> ByteRange? {
        guard header.count >= 24, header[3] > 0 else { return nil }
        switch header[2] {
        case 0, 2: return ByteRange(from: start + header.count - 16, to: start + header.count)
        case 4: return ByteRange(from: start + 8, to: start + 24)
        default: return nil
        }
    }
}
