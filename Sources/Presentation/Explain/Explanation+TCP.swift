internal import PacketDecode

extension Explanation {
    func tcp(_ header: TCPHeader, at start: Int, _ verdict: ChecksumVerdict?) -> ExplainedSection {
        let word = number(at: start + 12, 2)
        let isAcknowledging = header.flags.contains(.ack)
        var fields = [
            ExplainedField("source port", start, 2, header.sourcePort),
            ExplainedField("destination port", start + 2, 2, header.destinationPort),
            ExplainedField("sequence number", start + 4, 4, header.sequenceNumber.rawValue, "the first octet's"),
            ExplainedField(
                "acknowledgment number", start + 8, 4, header.acknowledgmentNumber.rawValue,
                isAcknowledging ? "the next octet expected" : "means nothing without ACK"),
            ExplainedField(
                "data offset", start + 12, 1, bits: bitText(word >> 8, octets: 1, first: 0, count: 4),
                "\(header.dataOffsetInWords)", "words of 32 bits: \(octetsText(header.headerLength)) of header"),
            ExplainedField(
                "reserved", start + 12, 1, bits: bitText(word >> 8, octets: 1, first: 4, count: 3),
                "\(header.reservedBits)", header.reservedBits == 0 ? "" : "should be 0"),
        ]
        for (bit, flag, name, meaning) in Self.flags {
            let isSet = header.flags.contains(flag)
            fields.append(
                ExplainedField(
                    name, start + 12, 2, bits: bitText(word, octets: 2, first: bit, count: 1), isSet ? "1" : "0",
                    isSet ? meaning : ""))
        }
        fields += [
            ExplainedField(
                "window", start + 14, 2, header.window,
                header.flags.contains(.syn) ? "octets: a SYN's window is never scaled" : "as sent, before scaling"),
            ExplainedField("checksum", start + 16, 2, hexText(header.checksum, digits: 4), Self.words(for: verdict)),
            ExplainedField(
                "urgent pointer", start + 18, 2, header.urgentPointer,
                header.flags.contains(.urg) ? "octets behind the sequence number" : "means nothing without URG"),
        ]
        fields += options(header)
        let end = min(max(header.headerLength, TCPHeader.minimumLength) + start, bytes.count)
        return ExplainedSection("TCP header", "RFC 9293 §3.1", at: ByteRange(from: start, to: end), fields)
            .withRest(named: "padding")
    }

    /// Each flag with its bit in the two octets from the data offset on.
    private static let flags: [(bit: Int, flag: TCPFlags, name: String, meaning: String)] = [
        (7, .ae, "AE", "accurate ECN (RFC 9768), once NS"),
        (8, .cwr, "CWR", "congestion window reduced (RFC 3168)"),
        (9, .ece, "ECE", "ECN echo (RFC 3168)"),
        (10, .urg, "URG", "the urgent pointer is valid"),
        (11, .ack, "ACK", "the acknowledgment number is valid"),
        (12, .psh, "PSH", "pass the data on at once"),
        (13, .rst, "RST", "resets the connection"),
        (14, .syn, "SYN", "opens: the sequence number is the initial one"),
        (15, .fin, "FIN", "the sender has nothing more to send"),
    ]

    private func options(_ header: TCPHeader) -> [ExplainedField] {
        var fields: [ExplainedField] = []
        var walk = TCPOptionWalk(range: header.options.range.clamped(to: bytes.count))
        while let (option, range) = walk.next(in: bytes.span) {
            let (name, value, meaning) = words(for: option, isSYN: header.flags.contains(.syn))
            fields.append(ExplainedField("option: \(name)", at: range, value: value, meaning: meaning))
        }
        return fields
    }

    private func words(for option: TCPOption, isSYN: Bool) -> (name: String, value: String, meaning: String) {
        switch option {
        case .endOfList: ("end of list", "", "what follows is padding")
        case .noOperation: ("no operation", "", "aligns the option after it")
        case .maximumSegmentSize(let size):
            (
                "maximum segment size", "\(size)",
                isSYN ? "the most octets of data it takes in a segment" : "out of place"
            )
        case .windowScale(let shift):
            ("window scale", "\(shift)", "its windows count \(1 << min(shift, 14)) octets each (RFC 7323)")
        case .sackPermitted: ("SACK permitted", "", "it understands selective acknowledgments (RFC 2018)")
        case .sack(let blocks):
            (
                "SACK",
                blocks.elements.map { "\($0.leftEdge.rawValue):\($0.rightEdge.rawValue)" }.joined(separator: " "),
                "arrived beyond the acknowledgment number (RFC 2018)"
            )
        case .timestamps(let times):
            (
                "timestamps", "\(times.value) \(times.echoReply)",
                "the sender's clock, and the last that it heard (RFC 7323)"
            )
        case .md5Signature: ("MD5 signature", "16 octets", "RFC 2385")
        case .userTimeout(let isInMinutes, let value):
            ("user timeout", "\(value) \(isInMinutes ? "min" : "s")", "RFC 5482")
        case .authentication(let keyID, let nextKeyID, let code):
            ("TCP-AO", "key \(keyID), next \(nextKeyID)", "\(octetsText(code.count)) of code (RFC 5925)")
        case .multipath(let subtype, let data):
            ("multipath", Self.multipathName(subtype), "\(octetsText(data.count)) (RFC 8684)")
        case .fastOpenCookie(let cookie):
            ("fast open cookie", octetsText(cookie.count), cookie.isEmpty ? "asks for one (RFC 7413)" : "RFC 7413")
        case .unknown(let kind, let data):
            ("kind \(kind.rawValue)", octetsText(data.count), "not known here, or of an unusual length")
        case .malformed(let kind, let length):
            ("kind \(kind.rawValue)", length.map { "length \($0)" } ?? "no length", "malformed: reading ends here")
        }
    }

    private static func multipathName(_ subtype: UInt8) -> String {
        let names = [
            "MP_CAPABLE", "MP_JOIN", "DSS", "ADD_ADDR", "REMOVE_ADDR", "MP_PRIO", "MP_FAIL", "MP_FASTCLOSE",
            "MP_TCPRST",
        ]
        return Int(subtype) < names.count ? names[Int(subtype)] : "subtype \(subtype)"
    }
}
