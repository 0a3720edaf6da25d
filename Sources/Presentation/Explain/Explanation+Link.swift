internal import PacketDecode

extension Explanation {
    func link(_ packet: DecodedPacket) -> [ExplainedSection] {
        let headerLength: Int
        var sections: [ExplainedSection] = []
        switch packet.link {
        case .none: return []
        case .ethernet(let header):
            headerLength = EthernetHeader.length
            sections.append(Self.ethernet(header))
        case .linuxSLL(let header):
            headerLength = LinuxSLLHeader.length
            sections.append(Self.linuxSLL(header))
        case .linuxSLL2(let header):
            headerLength = LinuxSLLHeader.version2Length
            sections.append(Self.linuxSLL2(header))
        case .loopback(let header):
            let field = ExplainedField("family", 0, 4, header.family, header.etherType?.name ?? "")
            return [
                ExplainedSection("Loopback header", "LINKTYPE_NULL", at: ByteRange(from: 0, to: 4), [field])
            ]
        }
        for index in packet.vlanTags.indices {
            let start = headerLength + index * VLANTag.length
            let next =
                index + 1 < packet.vlanTags.count
                ? packet.vlanTags[index + 1].protocolIdentifier : packet.etherType
            sections.append(Self.tag(packet.vlanTags[index], at: start, next: next))
        }
        if !packet.snapHeader.isEmpty { sections.append(Self.snap(packet.snapHeader, packet.etherType)) }
        return sections
    }

    private static func snap(_ range: ByteRange, _ etherType: EtherType?) -> ExplainedSection {
        ExplainedSection(
            "LLC and SNAP header", "RFC 1042", at: range,
            [
                ExplainedField("service access points", range.start, 2, "0xaa 0xaa", "SNAP follows"),
                ExplainedField("control", range.start + 2, 1, "0x03", "unnumbered information"),
                ExplainedField("organization code", range.start + 3, 3, "0", "what follows is an EtherType"),
                ExplainedField(
                    "EtherType", range.start + 6, 2, hexText(etherType?.rawValue ?? 0, digits: 4),
                    etherType?.name ?? ""),
            ])
    }

    private static func ethernet(_ header: EthernetHeader) -> ExplainedSection {
        ExplainedSection(
            "Ethernet header", "IEEE 802.3", at: ByteRange(from: 0, to: EthernetHeader.length),
            [
                ExplainedField("destination", 0, 6, "\(header.destination)", meaning(of: header.destination)),
                ExplainedField("source", 6, 6, "\(header.source)", meaning(of: header.source)),
                header.etherType.map {
                    ExplainedField("EtherType", 12, 2, hexText($0.rawValue, digits: 4), $0.name ?? "")
                }
                    ?? ExplainedField("length", 12, 2, header.typeOrLength, "an IEEE 802.3 frame, which holds LLC"),
            ])
    }

    private static func meaning(of address: MACAddress) -> String {
        if address == .broadcast { return "broadcast" }
        if address.rawValue == 0 { return "none, as on loopback" }
        if address.isGroup { return "a group" }
        return address.rawValue >> 41 & 1 == 1 ? "locally administered" : ""
    }

    private static func tag(_ tag: VLANTag, at start: Int, next: EtherType?) -> ExplainedSection {
        let word = UInt64(tag.controlInformation)
        var fields = [
            ExplainedField(
                "priority", start, 2, bits: bitText(word, octets: 2, first: 0, count: 3), "\(tag.priority)",
                "PCP, 0 to 7"),
            ExplainedField(
                "drop eligible", start, 2, bits: bitText(word, octets: 2, first: 3, count: 1),
                tag.isDropEligible ? "1" : "0", tag.isDropEligible ? "may be dropped first" : ""),
            ExplainedField(
                "VLAN identifier", start, 2, bits: bitText(word, octets: 2, first: 4, count: 12), "\(tag.identifier)",
                tag.identifier == 0 ? "none: the tag carries a priority only" : ""),
        ]
        if let next {
            fields.append(ExplainedField("EtherType", start + 2, 2, hexText(next.rawValue, digits: 4), next.name ?? ""))
        } else {
            fields.append(ExplainedField("length", start + 2, 2, "", "an IEEE 802.3 frame, which holds LLC"))
        }
        return ExplainedSection(
            "VLAN tag", tag.protocolIdentifier.name.map { "IEEE \($0)" } ?? "IEEE 802.1Q",
            at: ByteRange(from: start, to: start + VLANTag.length), fields)
    }

    private static func linuxSLL(_ header: LinuxSLLHeader) -> ExplainedSection {
        ExplainedSection(
            "Linux cooked header", "LINKTYPE_LINUX_SLL", at: ByteRange(from: 0, to: LinuxSLLHeader.length),
            [
                packetType(header, 0, 2),
                ExplainedField("ARPHRD type", 2, 2, header.hardwareType, hardwareName(header.hardwareType)),
                ExplainedField("address length", 4, 2, header.addressLength),
                address(header, 6),
                ExplainedField(
                    "protocol", 14, 2, hexText(header.protocolOrType, digits: 4), header.etherType?.name ?? ""),
            ])
    }

    private static func linuxSLL2(_ header: LinuxSLLHeader) -> ExplainedSection {
        ExplainedSection(
            "Linux cooked header, version 2", "LINKTYPE_LINUX_SLL2",
            at: ByteRange(from: 0, to: LinuxSLLHeader.version2Length),
            [
                ExplainedField(
                    "protocol", 0, 2, hexText(header.protocolOrType, digits: 4), header.etherType?.name ?? ""),
                ExplainedField("reserved", 2, 2, "", "must be 0"),
                ExplainedField("interface index", 4, 4, header.interfaceIndex),
                ExplainedField("ARPHRD type", 8, 2, header.hardwareType, hardwareName(header.hardwareType)),
                packetType(header, 10, 1),
                ExplainedField("address length", 11, 1, header.addressLength),
                address(header, 12),
            ])
    }

    private static func packetType(_ header: LinuxSLLHeader, _ start: Int, _ count: Int) -> ExplainedField {
        let names = ["to us", "broadcast", "multicast", "to another host", "sent by us"]
        let type = Int(header.packetType)
        return ExplainedField("packet type", start, count, header.packetType, type < names.count ? names[type] : "")
    }

    private static func address(_ header: LinuxSLLHeader, _ start: Int) -> ExplainedField {
        let text = header.address.map { "\($0)" } ?? hexText(header.rawAddress, digits: 16)
        return ExplainedField("sender's address", start, 8, text, "the first \(min(header.addressLength, 8)) octets")
    }

    private static func hardwareName(_ type: UInt16) -> String {
        switch type {
        case 1: "Ethernet"
        case 512: "PPP"
        case 768: "IP tunnel"
        case 769: "IPv6 tunnel"
        case 772: "loopback"
        case 776: "SIT tunnel"
        case 778: "GRE"
        case 65534: "none"
        default: ""
        }
    }
}
