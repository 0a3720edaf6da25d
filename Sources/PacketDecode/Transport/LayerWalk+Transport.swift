extension LayerWalk {
    /// Decodes the header that `upperLayer` names; what has no name here is payload.
    @inline(__always)
    mutating func decodeTransport(
        _ bytes: Span<UInt8>, _ upperLayer: IPProtocol, isIPv6: Bool, into packet: inout DecodedPacket
    ) {
        switch upperLayer {
        case .tcp: decodeTCP(bytes, into: &packet)
        case .udp: decodeUDP(bytes, isIPv6: isIPv6, into: &packet)
        case .icmp where !isIPv6: decodeICMP(bytes, isIPv6: false, into: &packet)
        case .icmpv6 where isIPv6: decodeICMP(bytes, isIPv6: true, into: &packet)
        default: finish(&packet)
        }
    }

    @inline(__always)
    private mutating func decodeTCP(_ bytes: Span<UInt8>, into packet: inout DecodedPacket) {
        let start = offset
        packet.transportOffset = UInt32(truncatingIfNeeded: start)
        if let reason = shortage(of: TCPHeader.minimumLength) {
            return stopAtPrefix(bytes, .tcp, .tcp, reason, into: &packet)
        }
        var header = TCPHeader(decoding: bytes.extracting(start..<start + TCPHeader.minimumLength), at: start)
        offset += TCPHeader.minimumLength
        guard header.headerLength >= TCPHeader.minimumLength else {
            packet.transport = .tcp(header)
            let octets = UInt16(header.headerLength)
            return stop(&packet, .tcp, at: start, .headerLengthTooSmall(octets: octets, minimum: 20))
        }
        if header.headerLength > TCPHeader.minimumLength {
            let end = start + header.headerLength
            guard end <= capturedEnd else {
                // The fixed part is good; of the options only what is there.
                header.options.range = ByteRange(from: offset, to: capturedEnd)
                _ = header.options.decode(bytes)
                packet.transport = .tcp(header)
                let needed = header.headerLength
                offset = start
                let reason = shortage(of: needed)
                offset = capturedEnd
                if let reason { stop(&packet, .tcpOptions, at: start, reason) }
                packet.payloadLength = UInt32(clamping: max(0, wireEnd - end))
                return
            }
            header.options.range = ByteRange(from: offset, to: end)
            if let kind = header.options.decode(bytes) {
                note(&packet, .tcpOptions, at: offset, .malformedOption(kind: kind))
            }
            offset = end
        }
        packet.transport = .tcp(header)
        finish(&packet)
    }

    @inline(__always)
    private mutating func decodeUDP(_ bytes: Span<UInt8>, isIPv6: Bool, into packet: inout DecodedPacket) {
        let start = offset
        packet.transportOffset = UInt32(truncatingIfNeeded: start)
        if let reason = shortage(of: UDPHeader.headerLength) {
            return stopAtPrefix(bytes, .udp, .udp, reason, into: &packet)
        }
        let header = UDPHeader(decoding: bytes.extracting(start..<start + UDPHeader.headerLength))
        packet.transport = .udp(header)
        offset += UDPHeader.headerLength
        // A length of 0 is a jumbogram's, which only IPv6 has (RFC 2675 §4): IP's length counts. A first fragment holds
        // only a part of what its length promises.
        if header.length != 0 || !isIPv6 {
            if header.length < UDPHeader.headerLength {
                let octets = header.length
                return stop(&packet, .udp, at: start, .headerLengthTooSmall(octets: octets, minimum: 8))
            }
            if !packet.isFragment, let reason = narrow(from: start, length: Int(header.length), by: .udpLength) {
                note(&packet, .udp, at: start, reason)
            }
        }
        finish(&packet)
    }

    private mutating func decodeICMP(_ bytes: Span<UInt8>, isIPv6: Bool, into packet: inout DecodedPacket) {
        let start = offset
        packet.transportOffset = UInt32(truncatingIfNeeded: start)
        if let reason = shortage(of: ICMPHeader.length) {
            return stop(&packet, isIPv6 ? .icmpv6 : .icmp, at: start, reason)
        }
        offset += ICMPHeader.length
        let quotes =
            isIPv6
            ? ICMPv6Type(rawValue: bytes[start]).quotesPacket : ICMPType(rawValue: bytes[start]).quotesPacket
        let octets = bytes.extracting(start..<start + ICMPHeader.length)
        var quoted = ByteRange.empty
        if quotes {
            let length = ICMPHeader.quotedLength(octets, isIPv6: isIPv6) ?? capturedEnd - offset
            quoted = ByteRange(from: offset, to: min(offset + length, capturedEnd))
        }
        let header = ICMPHeader(decoding: octets, quoted: quoted)
        packet.transport = isIPv6 ? .icmpv6(header) : .icmp(header)
        finish(&packet)
    }

    /// Ends the decode in the midst of a TCP or UDP header, keeping ports and sequence number where they are there.
    @inline(never)
    private func stopAtPrefix(
        _ bytes: Span<UInt8>, _ protocol: IPProtocol, _ layer: DecodeError.Layer, _ reason: DecodeError.Reason,
        into packet: inout DecodedPacket
    ) {
        if offset + TransportPrefix.minimumLength <= capturedEnd {
            let octets = bytes.extracting(offset..<capturedEnd)
            let hasSequenceNumber = `protocol` == .tcp && octets.count >= TransportPrefix.length
            packet.transport = .prefix(
                TransportPrefix(
                    protocol: `protocol`, sourcePort: octets.uint16(at: 0), destinationPort: octets.uint16(at: 2),
                    sequenceNumber: hasSequenceNumber ? SequenceNumber(rawValue: octets.uint32(at: 4)) : nil))
        }
        stop(&packet, layer, at: offset, reason)
    }
}

extension TCPOptions {
    /// Reads the options in `range`, and returns the kind of a malformed one, at which reading ended.
    ///
    /// An option that is there twice counts as its last one, as Linux has it. It changes the options in place because Swift
    /// 6.3.1 with -O loses what is stored into them where they are returned in a tuple.
    @inline(__always)
    mutating func decode(_ bytes: Span<UInt8>) -> UInt8? {
        let octets = bytes.extracting(range.indices)
        // What nearly every segment of an established connection carries: NOP, NOP, timestamps (RFC 7323, appendix A).
        if octets.count == 12, octets.uint32(at: 0) == 0x0101_080A {
            timestamps = TCPTimestamps(value: octets.uint32(at: 4), echoReply: octets.uint32(at: 8))
            return nil
        }
        return decodeEach(octets)
    }

    @inline(never)
    private mutating func decodeEach(_ octets: Span<UInt8>) -> UInt8? {
        var offset = 0
        while offset < octets.count {
            let kind = octets[offset]
            if kind == TCPOptionKind.endOfList.rawValue { break }
            if kind == TCPOptionKind.noOperation.rawValue {
                offset += 1
                continue
            }
            guard offset + 2 <= octets.count else { return kind }
            let length = Int(octets[offset + 1])
            guard length >= 2, offset + length <= octets.count else { return kind }
            let data = octets.extracting(offset + 2..<offset + length)
            switch TCPOptionKind(rawValue: kind) {
            case .maximumSegmentSize: if data.count == 2 { maximumSegmentSize = data.uint16(at: 0) }
            case .windowScale: if data.count == 1 { windowScale = data[0] }
            case .sackPermitted: if data.isEmpty { isSACKPermitted = true }
            case .timestamps:
                if data.count == 8 {
                    timestamps = TCPTimestamps(value: data.uint32(at: 0), echoReply: data.uint32(at: 4))
                }
            case .sack:
                if data.count % 8 == 0, (8...32).contains(data.count) {
                    TCPOptionWalk.read(data, into: &sackBlocks)
                }
            default: break
            }
            offset += length
        }
        return nil
    }
}
