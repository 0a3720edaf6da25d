internal import PacketDecode

extension Explanation {
    func ipv6(_ header: IPv6Header, at start: Int) -> [ExplainedSection] {
        let word = number(at: start, 4)
        let fields = [
            ExplainedField("version", start, 1, bits: "0110 ....", "6"),
            ExplainedField(
                "DSCP", start, 2, bits: bitText(word >> 16, octets: 2, first: 4, count: 6),
                "\(header.differentiatedServicesCodePoint)", Self.codePointName(header.differentiatedServicesCodePoint)),
            ExplainedField(
                "ECN", start, 2, bits: bitText(word >> 16, octets: 2, first: 10, count: 2),
                "\(header.explicitCongestionNotification.rawValue)",
                Self.meaning(of: header.explicitCongestionNotification)),
            ExplainedField(
                "flow label", start + 1, 3, bits: bitText(word & 0xFF_FFFF, octets: 3, first: 4, count: 20),
                hexText(header.flowLabel, digits: 5), header.flowLabel == 0 ? "belongs to no flow" : "RFC 6437"),
            ExplainedField(
                "payload length", start + 4, 2, header.payloadLength,
                header.payloadLength == 0 ? "a jumbogram, or left to the network card" : "octets behind this header"),
            ExplainedField("next header", start + 6, 1, header.nextHeader.rawValue, header.nextHeader.name ?? ""),
            ExplainedField("hop limit", start + 7, 1, header.hopLimit, "routers that may still pass it on"),
            ExplainedField("source", start + 8, 16, "\(header.source)"),
            ExplainedField("destination", start + 24, 16, "\(header.destination)"),
        ]
        var sections = [
            ExplainedSection(
                "IPv6 header", "RFC 8200 §3", at: ByteRange(from: start, to: start + IPv6Header.length), fields)
        ]
        var walk = IPv6ExtensionHeaderWalk(header)
        while let next = walk.next(in: bytes.span) { sections.append(extensionHeader(next)) }
        return sections
    }

    private func extensionHeader(_ header: IPv6ExtensionHeader) -> ExplainedSection {
        if header.kind == .authenticationHeader, header.range.count >= 12 {
            return authenticationHeader(at: header.range)
        }
        let start = header.range.start
        var fields = [
            ExplainedField("next header", start, 1, header.nextHeader.rawValue, header.nextHeader.name ?? "")
        ]
        let title: String
        let reference: String
        switch header.kind {
        case .fragment:
            (title, reference) = ("Fragment header", "RFC 8200 §4.5")
            fields += fragment(at: start)
        case .routing:
            (title, reference) = ("Routing header", "RFC 8200 §4.4")
            fields.append(length(at: start))
            fields.append(ExplainedField("routing type", start + 2, 1, bytes[start + 2], routingName(bytes[start + 2])))
            fields.append(
                ExplainedField("segments left", start + 3, 1, bytes[start + 3], "nodes still to be visited"))
        case .hopByHopOptions, .destinationOptions:
            title = header.kind == .hopByHopOptions ? "Hop-by-hop options" : "Destination options"
            reference = header.kind == .hopByHopOptions ? "RFC 8200 §4.3" : "RFC 8200 §4.6"
            fields.append(length(at: start))
            var walk = IPv6OptionWalk(header)
            while let (option, range) = walk.next(in: bytes.span) {
                let (name, value, meaning) = Self.words(for: option)
                fields.append(ExplainedField("option: \(name)", at: range, value: value, meaning: meaning))
            }
        default:
            (title, reference) = ("\(header.kind.name ?? "Extension") header", "")
            fields.append(length(at: start))
        }
        return ExplainedSection(title, reference, at: header.range, fields).withRest(named: "data")
    }

    private func length(at start: Int) -> ExplainedField {
        ExplainedField(
            "header length", start + 1, 1, bytes[start + 1],
            "units of 8 behind the first: \((Int(bytes[start + 1]) + 1) * 8) octets")
    }

    private func routingName(_ type: UInt8) -> String {
        switch type {
        case 0: "source route, deprecated (RFC 5095)"
        case 2: "mobile node (RFC 6275)"
        case 3: "RPL source route (RFC 6554)"
        case 4: "segment routing (RFC 8754)"
        default: ""
        }
    }

    private func fragment(at start: Int) -> [ExplainedField] {
        let word = number(at: start + 2, 2)
        let isLast = word & 1 == 0
        return [
            ExplainedField("reserved", start + 1, 1, bytes[start + 1]),
            ExplainedField(
                "fragment offset", start + 2, 2, bits: bitText(word, octets: 2, first: 0, count: 13), "\(word >> 3)",
                "units of 8: this fragment starts at octet \(word & 0xFFF8)"),
            ExplainedField(
                "M", start + 3, 1, bits: bitText(word & 0xFF, octets: 1, first: 7, count: 1), isLast ? "0" : "1",
                isLast ? "the last fragment" : "more fragments follow"),
            ExplainedField("identification", start + 4, 4, hexText(number(at: start + 4, 4), digits: 8)),
        ]
    }

    private static func words(for option: IPv6Option) -> (name: String, value: String, meaning: String) {
        switch option {
        case .pad1: ("Pad1", "", "padding")
        case .padN(let data): ("PadN", octetsText(data.count), "padding")
        case .jumboPayload(let length): ("jumbo payload", octetsText(length), "RFC 2675")
        case .routerAlert(let value): ("router alert", "\(value)", value == 0 ? "listener discovery (RFC 2711)" : "")
        case .homeAddress(let address): ("home address", "\(address)", "the mobile node's own (RFC 6275)")
        case .unknown(let type, let data): ("type \(type)", octetsText(data.count), "not known here")
        case .malformed(let type, let length):
            ("type \(type)", length.map { "length \($0)" } ?? "no length", "malformed: reading ends here")
        }
    }
}
