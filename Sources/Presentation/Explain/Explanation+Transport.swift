internal import PacketDecode

extension Explanation {
    func transport(_ packet: DecodedPacket, _ checksums: ChecksumReport) -> [ExplainedSection] {
        let start = Int(packet.transportOffset)
        switch packet.transport {
        case .none: return []
        case .tcp(let header): return [tcp(header, at: start, checksums.transport)]
        case .udp(let header): return [udp(header, at: start, checksums.transport)]
        case .icmp(let header): return [icmp(header, at: start, checksums.transport, isIPv6: false, packet)]
        case .icmpv6(let header): return [icmp(header, at: start, checksums.transport, isIPv6: true, packet)]
        case .prefix(let prefix): return [Self.prefix(prefix, at: start)]
        }
    }

    private func udp(_ header: UDPHeader, at start: Int, _ verdict: ChecksumVerdict?) -> ExplainedSection {
        ExplainedSection(
            "UDP header", "RFC 768", at: ByteRange(from: start, to: start + UDPHeader.headerLength),
            [
                ExplainedField("source port", start, 2, header.sourcePort),
                ExplainedField("destination port", start + 2, 2, header.destinationPort),
                ExplainedField(
                    "length", start + 4, 2, header.length,
                    header.length == 0
                        ? "a jumbogram's: IP's length counts"
                        : "header and data: \(octetsText(max(0, Int(header.length) - 8))) of data"),
                ExplainedField(
                    "checksum", start + 6, 2, hexText(header.checksum, digits: 4), Self.words(for: verdict)),
            ])
    }

    private static func prefix(_ prefix: TransportPrefix, at start: Int) -> ExplainedSection {
        let name = prefix.protocol == .tcp ? "TCP" : "UDP"
        var fields = [
            ExplainedField("source port", start, 2, prefix.sourcePort),
            ExplainedField("destination port", start + 2, 2, prefix.destinationPort),
        ]
        if let number = prefix.sequenceNumber {
            fields.append(ExplainedField("sequence number", start + 4, 4, number.rawValue))
        }
        return ExplainedSection(
            "\(name) header, its first octets", "", at: ByteRange(from: start, to: start + TransportPrefix.length),
            fields)
    }

    private func icmp(
        _ header: ICMPHeader, at start: Int, _ verdict: ChecksumVerdict?, isIPv6: Bool, _ packet: DecodedPacket
    ) -> ExplainedSection {
        let typeName = isIPv6 ? header.typeNameIPv6 : header.typeName
        let codeName = isIPv6 ? header.codeNameIPv6 : header.codeName
        var fields = [
            ExplainedField("type", start, 1, header.type, typeName ?? ""),
            ExplainedField("code", start + 1, 1, header.code, codeName ?? ""),
            ExplainedField("checksum", start + 2, 2, hexText(header.checksum, digits: 4), Self.words(for: verdict)),
        ]
        if header.isEcho(isIPv6: isIPv6) {
            fields.append(ExplainedField("identifier", start + 4, 2, header.identifier))
            fields.append(ExplainedField("sequence number", start + 6, 2, header.sequenceNumber))
        } else if let mtu = header.nextHopMTU(isIPv6: isIPv6) {
            fields.append(
                isIPv6
                    ? ExplainedField("MTU", start + 4, 4, mtu, "the most octets that the next link takes")
                    : ExplainedField("next-hop MTU", start + 6, 2, mtu, "the most octets that it takes (RFC 1191)"))
        } else {
            fields.append(ExplainedField("rest of header", start + 4, 4, hexText(header.restOfHeader, digits: 8)))
        }
        if let target = header.neighborTarget(isIPv6: isIPv6, packet, bytes.span) {
            fields.append(ExplainedField("target address", packet.payload.start, 16, "\(target)", "RFC 4861 §4.3"))
        }
        if !header.quoted.isEmpty {
            fields.append(
                ExplainedField(
                    "quoted packet", at: header.quoted.clamped(to: bytes.count), value: octetsText(header.quoted.count),
                    meaning: "the packet that this message answers"))
        }
        return ExplainedSection(
            isIPv6 ? "ICMPv6 header" : "ICMP header", isIPv6 ? "RFC 4443 §2.1" : "RFC 792",
            at: ByteRange(from: start, to: start + ICMPHeader.length), fields)
    }
}
