extension LayerWalk {
    /// Decodes a packet whose version nibble says which IP it is, as LINKTYPE_RAW has it.
    mutating func decodeByVersion(_ bytes: Span<UInt8>, into packet: inout DecodedPacket) {
        if let reason = shortage(of: 1) { return stop(&packet, .ipv4, at: offset, reason) }
        if bytes[offset] >> 4 == 6 {
            decodeIPv6(bytes, into: &packet)
        } else {
            decodeIPv4(bytes, into: &packet)
        }
    }

    /// Decodes an IPv4 packet.
    @inline(__always)
    mutating func decodeIPv4(_ bytes: Span<UInt8>, into packet: inout DecodedPacket) {
        let start = offset
        packet.networkOffset = UInt32(truncatingIfNeeded: start)
        if let reason = shortage(of: IPv4Header.minimumLength) { return stop(&packet, .ipv4, at: start, reason) }
        let octets = bytes.extracting(start..<start + IPv4Header.minimumLength)
        guard octets[0] >> 4 == 4 else { return stop(&packet, .ipv4, at: start, .wrongVersion(octets[0] >> 4)) }
        let header = IPv4Header(decoding: octets, at: start)
        guard header.headerLength >= IPv4Header.minimumLength else {
            let octets = UInt16(header.headerLength)
            return stop(&packet, .ipv4, at: start, .headerLengthTooSmall(octets: octets, minimum: 20))
        }
        packet.network = .ipv4(header)
        packet.ipProtocol = header.protocol
        packet.isFragment = header.isFragment
        // A total length of 0 is a packet whose segmentation was left to the network card: the frame's length counts.
        if header.totalLength != 0 {
            let totalLength = Int(header.totalLength)
            guard totalLength >= header.headerLength else {
                let reason = DecodeError.Reason.tooShort(
                    needed: UInt32(header.headerLength), available: UInt32(totalLength), limit: .ipv4TotalLength)
                _ = narrow(from: start, length: max(totalLength, IPv4Header.minimumLength), by: .ipv4TotalLength)
                return stopInOptions(header, .ipv4, at: start, reason, into: &packet)
            }
            if let reason = narrow(from: start, length: totalLength, by: .ipv4TotalLength) {
                note(&packet, .ipv4, at: start, reason)
            }
        }
        if let reason = shortage(of: header.headerLength) {
            return stopInOptions(header, .ipv4Options, at: start, reason, into: &packet)
        }
        if !header.options.isEmpty { checkOptions(bytes, header, into: &packet) }
        offset += header.headerLength
        var upperLayer = header.protocol
        if upperLayer == .authenticationHeader, header.fragmentOffset == 0 {
            guard let next = decodeAuthenticationHeader(bytes, into: &packet) else { return }
            upperLayer = next
            packet.ipProtocol = next
        }
        guard header.fragmentOffset == 0 else { return finish(&packet) }
        decodeTransport(bytes, upperLayer, isIPv6: false, into: &packet)
    }

    /// Ends the decode in a header whose first 20 octets are there and whose rest is not.
    @inline(never)
    private mutating func stopInOptions(
        _ header: IPv4Header, _ layer: DecodeError.Layer, at start: Int, _ reason: DecodeError.Reason,
        into packet: inout DecodedPacket
    ) {
        var header = header
        header.options = header.options.clamped(to: capturedEnd)
        packet.network = .ipv4(header)
        offset = header.options.end
        stop(&packet, layer, at: start, reason)
        packet.payloadLength = UInt32(clamping: max(0, wireEnd - start - header.headerLength))
    }

    /// Notes a malformed option.
    @inline(never)
    private func checkOptions(_ bytes: Span<UInt8>, _ header: IPv4Header, into packet: inout DecodedPacket) {
        var walk = KindLengthWalk(range: header.options)
        while let step = walk.next(in: bytes) {
            guard case .malformed = step.form else { continue }
            note(&packet, .ipv4Options, at: step.range.start, .malformedOption(kind: step.kind))
        }
    }

    /// Decodes an AH behind an IPv4 header and returns what follows it, or nil where the decode ended.
    private mutating func decodeAuthenticationHeader(
        _ bytes: Span<UInt8>, into packet: inout DecodedPacket
    ) -> IPProtocol? {
        let start = offset
        if let reason = shortage(of: 12) {
            stop(&packet, .authenticationHeader, at: start, reason)
            return nil
        }
        let length = IPv6ExtensionHeader.length(of: .authenticationHeader, lengthField: bytes[start + 1])
        guard length >= 12 else {
            let reason = DecodeError.Reason.headerLengthTooSmall(octets: UInt16(length), minimum: 12)
            stop(&packet, .authenticationHeader, at: start, reason)
            return nil
        }
        if let reason = shortage(of: length) {
            stop(&packet, .authenticationHeader, at: start, reason)
            return nil
        }
        packet.authenticationHeader = ByteRange(from: start, to: start + length)
        offset += length
        return IPProtocol(rawValue: bytes[start])
    }
}
