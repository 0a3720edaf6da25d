internal import PacketDecode

extension Explanation {
    func network(_ packet: DecodedPacket, _ checksums: ChecksumReport) -> [ExplainedSection] {
        let start = Int(packet.networkOffset)
        switch packet.network {
        case .none: return []
        case .arp(let message): return [arp(message, at: start)]
        case .ipv4(let header): return [ipv4(header, at: start, checksums.network)] + authenticationHeader(packet)
        case .ipv6(let header): return ipv6(header, at: start)
        }
    }

    private func ipv4(_ header: IPv4Header, at start: Int, _ verdict: ChecksumVerdict?) -> ExplainedSection {
        let services = UInt64(header.differentiatedServices)
        let fragment = UInt64(header.flagsAndFragmentOffset)
        func flag(_ name: String, _ bit: Int, _ meaning: String) -> ExplainedField {
            let isSet = fragment >> UInt64(15 - bit) & 1 == 1
            return ExplainedField(
                name, start + 6, 2, bits: bitText(fragment, octets: 2, first: bit, count: 1), isSet ? "1" : "0",
                isSet ? meaning : "")
        }
        var fields = [
            ExplainedField("version", start, 1, bits: "0100 ....", "4"),
            ExplainedField(
                "header length", start, 1,
                bits: bitText(UInt64(header.headerLengthInWords), octets: 1, first: 4, count: 4),
                "\(header.headerLengthInWords)", "words of 32 bits: \(header.headerLength) octets"),
            ExplainedField(
                "DSCP", start + 1, 1, bits: bitText(services, octets: 1, first: 0, count: 6),
                "\(header.differentiatedServicesCodePoint)", Self.codePointName(header.differentiatedServicesCodePoint)),
            ExplainedField(
                "ECN", start + 1, 1, bits: bitText(services, octets: 1, first: 6, count: 2),
                "\(header.explicitCongestionNotification.rawValue)",
                Self.meaning(of: header.explicitCongestionNotification)),
            ExplainedField(
                "total length", start + 2, 2, header.totalLength,
                header.totalLength == 0 ? "left to the network card: the frame's length counts" : "header and data"),
            ExplainedField(
                "identification", start + 4, 2, header.identification, hexText(header.identification, digits: 4)),
            flag("reserved flag", 0, "should be 0"),
            flag("DF", 1, "don't fragment"),
            flag("MF", 2, "more fragments follow"),
            ExplainedField(
                "fragment offset", start + 6, 2, bits: bitText(fragment, octets: 2, first: 3, count: 13),
                "\(header.fragmentOffset / 8)",
                header.isFragment
                    ? "units of 8: this fragment starts at octet \(header.fragmentOffset)" : "not a fragment"),
            ExplainedField("time to live", start + 8, 1, header.timeToLive, "routers that may still pass it on"),
            ExplainedField("protocol", start + 9, 1, header.protocol.rawValue, header.protocol.name ?? ""),
            ExplainedField(
                "header checksum", start + 10, 2, hexText(header.headerChecksum, digits: 4), Self.words(for: verdict)),
            ExplainedField("source", start + 12, 4, "\(header.source)"),
            ExplainedField("destination", start + 16, 4, "\(header.destination)"),
        ]
        fields += options(header)
        return ExplainedSection(
            "IPv4 header", "RFC 791 §3.1",
            at: ByteRange(from: start, to: start + header.headerLength).clamped(to: bytes.count), fields
        ).withRest(named: "padding")
    }

    private func options(_ header: IPv4Header) -> [ExplainedField] {
        var fields: [ExplainedField] = []
        var walk = IPv4OptionWalk(range: header.options.clamped(to: bytes.count))
        while let (option, range) = walk.next(in: bytes.span) {
            let (name, value, meaning) = words(for: option)
            fields.append(ExplainedField("option: \(name)", at: range, value: value, meaning: meaning))
        }
        return fields
    }

    private func words(for option: IPv4Option) -> (name: String, value: String, meaning: String) {
        switch option {
        case .endOfList: ("end of list", "", "RFC 791")
        case .noOperation: ("no operation", "", "padding")
        case .recordRoute(let pointer, let addresses):
            ("record route", "pointer \(pointer)", self.addresses(in: addresses))
        case .looseSourceRoute(let pointer, let addresses):
            ("loose source route", "pointer \(pointer)", self.addresses(in: addresses))
        case .strictSourceRoute(let pointer, let addresses):
            ("strict source route", "pointer \(pointer)", self.addresses(in: addresses))
        case .timestamp(let pointer, let overflow, let flag, _):
            ("timestamp", "pointer \(pointer)", "flag \(flag), \(overflow) hosts found no room")
        case .routerAlert(let value): ("router alert", "\(value)", "routers examine the packet (RFC 2113)")
        case .unknown(let kind, let data): ("kind \(kind.rawValue)", octetsText(data.count), "not known here")
        case .malformed(let kind, let length):
            ("kind \(kind.rawValue)", length.map { "length \($0)" } ?? "no length", "malformed: reading ends here")
        }
    }

    private func addresses(in range: ByteRange) -> String {
        var texts: [String] = []
        for start in stride(from: range.start, to: min(range.end, bytes.count) - 3, by: 4) {
            texts.append("\(IPv4Address(bytes[start], bytes[start + 1], bytes[start + 2], bytes[start + 3]))")
        }
        return texts.joined(separator: ", ")
    }

    private func authenticationHeader(_ packet: DecodedPacket) -> [ExplainedSection] {
        let range = packet.authenticationHeader
        guard range.count >= 12, range.end <= bytes.count else { return [] }
        return [authenticationHeader(at: range)]
    }

    /// AH, behind either version of IP; `range` holds 12 octets or more.
    func authenticationHeader(at range: ByteRange) -> ExplainedSection {
        let start = range.start
        let next = IPProtocol(rawValue: bytes[start])
        return ExplainedSection(
            "Authentication header", "RFC 4302 §2", at: range,
            [
                ExplainedField("next header", start, 1, next.rawValue, next.name ?? ""),
                ExplainedField("payload length", start + 1, 1, bytes[start + 1], "words of 32 bits, less two"),
                ExplainedField("reserved", start + 2, 2, number(at: start + 2, 2)),
                ExplainedField("SPI", start + 4, 4, hexText(number(at: start + 4, 4), digits: 8)),
                ExplainedField("sequence number", start + 8, 4, number(at: start + 8, 4)),
                ExplainedField(
                    "integrity check value", at: ByteRange(from: start + 12, to: range.end),
                    value: octetsText(range.count - 12)),
            ])
    }

    /// A number of up to eight octets, which must be in the frame.
    func number(at start: Int, _ count: Int) -> UInt64 {
        bytes[start..<start + count].reduce(0) { $0 << 8 | UInt64($1) }
    }

    static func meaning(of notification: ExplicitCongestionNotification) -> String {
        switch notification {
        case .notCapable: "the transport takes no part in ECN (RFC 3168)"
        case .capable1: "ECT(1)"
        case .capable0: "ECT(0)"
        case .congestionExperienced: "CE: a router met congestion"
        }
    }

    static func codePointName(_ point: UInt8) -> String {
        switch point {
        case 0: return "default"
        case 46: return "expedited forwarding (RFC 3246)"
        case 44: return "voice admit (RFC 5865)"
        case _ where point & 7 == 0: return "class selector \(point >> 3)"
        case 10...38 where point & 1 == 0 && point & 6 != 0: return "AF\(point >> 3)\(point >> 1 & 3) (RFC 2597)"
        default: return ""
        }
    }

    static func words(for verdict: ChecksumVerdict?) -> String {
        switch verdict {
        case .valid: "valid"
        case .invalid: "invalid: the octets do not add up to it"
        case .absent: "absent: the sender computed none"
        case .partial: "partial: the pseudo-header's sum alone, the rest is left to the network card"
        case .unverifiable: "cannot be verified: not all octets that it covers are here"
        case nil: ""
        }
    }
}
