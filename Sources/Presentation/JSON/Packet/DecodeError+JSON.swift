internal import PacketDecode

extension DecodeError.Layer {
    /// The Swift name of the case.
    var jsonName: String {
        switch self {
        case .ethernet: "ethernet"
        case .vlan: "vlan"
        case .linuxSLL: "linuxSLL"
        case .linuxSLL2: "linuxSLL2"
        case .loopback: "loopback"
        case .arp: "arp"
        case .ipv4: "ipv4"
        case .ipv4Options: "ipv4Options"
        case .ipv6: "ipv6"
        case .ipv6Extension: "ipv6Extension"
        case .authenticationHeader: "authenticationHeader"
        case .tcp: "tcp"
        case .tcpOptions: "tcpOptions"
        case .udp: "udp"
        case .icmp: "icmp"
        case .icmpv6: "icmpv6"
        }
    }
}

extension DecodeError.Limit {
    /// The Swift name of the case.
    var jsonName: String {
        switch self {
        case .snapshotLength: "snapshotLength"
        case .frame: "frame"
        case .ipv4TotalLength: "ipv4TotalLength"
        case .ipv6PayloadLength: "ipv6PayloadLength"
        case .udpLength: "udpLength"
        case .quotation: "quotation"
        case .ipv6JumboPayloadLength: "ipv6JumboPayloadLength"
        }
    }
}

extension ChecksumVerdict {
    /// The Swift name of the case.
    var jsonName: String {
        switch self {
        case .valid: "valid"
        case .invalid: "invalid"
        case .absent: "absent"
        case .partial: "partial"
        case .unverifiable: "unverifiable"
        }
    }
}

extension Line {
    /// The member `stop`: its layer and offset, the reason by its Swift name with the reason's values, and all of it in words.
    mutating func putJSON(_ stop: DecodeError) {
        object("stop") { line in
            line.member("layer", stop.layer.jsonName)
            line.member("offset", stop.offset)
            line.key("reason")
            switch stop.reason {
            case .tooShort(let needed, let available, let limit):
                line.value("tooShort")
                line.member("needed", needed)
                line.member("available", available)
                line.member("limit", limit.jsonName)
            case .wrongVersion(let version):
                line.value("wrongVersion")
                line.member("version", version)
            case .headerLengthTooSmall(let octets, let minimum):
                line.value("headerLengthTooSmall")
                line.member("octets", octets)
                line.member("minimum", minimum)
            case .lengthExceeds(let stated, let available, let limit):
                line.value("lengthExceeds")
                line.member("stated", stated)
                line.member("available", available)
                line.member("limit", limit.jsonName)
            case .malformedOption(let kind):
                line.value("malformedOption")
                line.member("kind", kind)
            case .tooManyHeaders(let limit):
                line.value("tooManyHeaders")
                line.member("limitCount", limit)
            }
            line.key("text")
            line.value { $0.put(stop) }
        }
    }

    /// The member `checksums`.
    mutating func putJSON(_ report: ChecksumReport) {
        object("checksums") { line in
            if let verdict = report.network { line.member("network", verdict.jsonName) }
            if let verdict = report.transport { line.member("transport", verdict.jsonName) }
        }
    }
}
