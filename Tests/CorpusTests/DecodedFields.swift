import PacketDecode

/// A decoded frame under the oracle's names, as text.
struct DecodedFields {
    private(set) var fields: [String: String] = [:]

    init(_ info: FrameInfo, _ packet: DecodedPacket, _ bytes: Span<UInt8>) {
        set("ts_ns", info.timestamp.nanosecondsSinceEpoch)
        set("len", info.originalLength)
        set("caplen", info.capturedLength)
        fields["stop"] = packet.stop.map(Self.text) ?? "no"
        let checksums = PacketDecoder.verifyChecksums(of: packet, bytes)
        setLink(packet)
        setNetwork(packet, checksums.network, bytes)
        setTransport(packet, "", checksums.transport, bytes)
        if let quoted = PacketDecoder.decodeQuoted(in: packet, bytes) {
            let checksums = PacketDecoder.verifyChecksums(of: quoted, bytes)
            setTransport(quoted, "inner.", checksums.transport, bytes)
        }
    }

    private mutating func set(_ name: String, _ value: some BinaryInteger) { fields[name] = String(value) }

    /// The layer and the reason, without its numbers.
    private static func text(_ stop: DecodeError) -> String {
        let reason =
            switch stop.reason {
            case .tooShort(_, _, let limit): "tooShort.\(limit)"
            case .wrongVersion: "wrongVersion"
            case .headerLengthTooSmall: "headerLengthTooSmall"
            case .lengthExceeds(_, _, let limit): "lengthExceeds.\(limit)"
            case .malformedOption: "malformedOption"
            case .tooManyHeaders: "tooManyHeaders"
            }
        return "\(stop.layer).\(reason)"
    }

    private mutating func setLink(_ packet: DecodedPacket) {
        switch packet.link {
        case .none: break
        case .ethernet(let header):
            fields["eth.dst"] = header.destination.description
            fields["eth.src"] = header.source.description
            set(header.etherType == nil ? "eth.llc_len" : "eth.type", header.typeOrLength)
        case .linuxSLL(let header), .linuxSLL2(let header):
            set("sll.pkttype", header.packetType)
            set("sll.hatype", header.hardwareType)
            set("sll.halen", header.addressLength)
            set("sll.etype", header.protocolOrType)
            fields["sll.src"] = header.address?.description
            if case .linuxSLL2 = packet.link { set("sll.ifindex", header.interfaceIndex) }
        case .loopback(let header): set("null.family", header.family)
        }
        let tags = packet.vlanTags.elements
        for (index, tag) in tags.enumerated() {
            set("vlan.\(index).id", tag.identifier)
            set("vlan.\(index).pcp", tag.priority)
            set("vlan.\(index).dei", tag.isDropEligible ? 1 : 0)
            let next = index + 1 < tags.count ? tags[index + 1].protocolIdentifier : packet.etherType
            if tag.protocolIdentifier != .serviceVLAN, let next { set("vlan.\(index).etype", next.rawValue) }
        }
    }

    private mutating func setNetwork(_ packet: DecodedPacket, _ verdict: ChecksumVerdict?, _ bytes: Span<UInt8>) {
        switch packet.network {
        case .none: break
        case .arp(let message):
            set("arp.htype", message.hardwareType)
            set("arp.ptype", message.protocolType.rawValue)
            set("arp.op", message.operation.rawValue)
            fields["arp.sha"] = message.hardwareAddresses?.sender.description
            fields["arp.tha"] = message.hardwareAddresses?.target.description
            fields["arp.spa"] = message.protocolAddresses?.sender.description
            fields["arp.tpa"] = message.protocolAddresses?.target.description
        case .ipv4(let header): setIPv4(header, verdict, bytes)
        case .ipv6(let header): setIPv6(header, bytes)
        }
    }

    private mutating func setIPv4(_ header: IPv4Header, _ verdict: ChecksumVerdict?, _ bytes: Span<UInt8>) {
        set("ip.v", 4)
        set("ip.hl", header.headerLength)
        set("ip.dscp", header.differentiatedServicesCodePoint)
        set("ip.ecn", header.explicitCongestionNotification.rawValue)
        set("ip.len", header.totalLength)
        set("ip.id", header.identification)
        set("ip.flags", header.flagsAndFragmentOffset >> 13)
        set("ip.foff8", header.fragmentOffset / 8)
        set("ip.ttl", header.timeToLive)
        set("ip.proto", header.protocol.rawValue)
        set("ip.cksum", header.headerChecksum)
        fields["ip.cksum_status"] = Self.status(verdict)
        fields["ip.src"] = header.source.description
        let final = header.finalDestination(in: bytes)
        fields["ip.dst"] = final.description
        if final != header.destination { fields["ip.hdr_dst"] = header.destination.description }
        var kinds: [String] = []
        var walk = IPv4OptionWalk(range: header.options)
        while let (option, range) = walk.next(in: bytes) {
            if case .malformed = option { break }
            kinds.append(String(bytes[range.start]))
        }
        if !kinds.isEmpty { fields["ip.opts"] = kinds.joined(separator: " ") }
    }

    private mutating func setIPv6(_ header: IPv6Header, _ bytes: Span<UInt8>) {
        set("ip.v", 6)
        set("ip.dscp", header.differentiatedServicesCodePoint)
        set("ip.ecn", header.explicitCongestionNotification.rawValue)
        set("ip.flow", header.flowLabel)
        set("ip.plen", header.payloadLength)
        set("ip.nxt", header.nextHeader.rawValue)
        set("ip.hlim", header.hopLimit)
        fields["ip.src"] = header.source.description
        fields["ip.dst"] = header.destination.description
        var names: [String] = []
        var walk = IPv6ExtensionHeaderWalk(header)
        while let next = walk.next(in: bytes) { names.append(Self.name(of: next, bytes)) }
        if !names.isEmpty {
            fields["ip.ext"] = names.joined(separator: " ")
            set("ip.last_nxt", header.extensionHeaders.upperLayer.rawValue)
        }
        if let fragment = header.extensionHeaders.fragment {
            set("ip.frag.off8", fragment.fragmentOffset / 8)
            set("ip.frag.more", fragment.moreFragments ? 1 : 0)
            set("ip.frag.id", fragment.identification)
            set("ip.frag.nxt", fragment.nextHeader.rawValue)
        }
    }

    /// tshark's names, which tell routing headers apart by type.
    private static func name(of header: IPv6ExtensionHeader, _ bytes: Span<UInt8>) -> String {
        switch header.kind {
        case .hopByHopOptions: "ipv6.hopopts"
        case .routing: "ipv6.routing"
        case .fragment: "ipv6.fraghdr"
        case .destinationOptions: "ipv6.dstopts"
        case .authenticationHeader: "ah"
        case .mobility: "mip6"
        case .hostIdentity: "hip"
        default: "shim6"
        }
    }

    private mutating func setTransport(
        _ packet: DecodedPacket, _ prefix: String, _ verdict: ChecksumVerdict?, _ bytes: Span<UInt8>
    ) {
        switch packet.transport {
        case .none: break
        case .prefix(let header):
            let name = prefix + (header.protocol == .tcp ? "tcp" : "udp")
            set(name + ".sport", header.sourcePort)
            set(name + ".dport", header.destinationPort)
            if let number = header.sequenceNumber { set(name + ".seq", number.rawValue) }
        case .tcp(let header): setTCP(header, prefix + "tcp", packet, verdict, bytes)
        case .udp(let header):
            let name = prefix + "udp"
            set(name + ".sport", header.sourcePort)
            set(name + ".dport", header.destinationPort)
            set(name + ".len", header.length)
            set(name + ".cksum", header.checksum)
            fields[name + ".cksum_status"] = Self.status(verdict)
        case .icmp(let header): setICMP(header, version: 4, prefix, verdict)
        case .icmpv6(let header): setICMP(header, version: 6, prefix, verdict)
        }
    }

    private mutating func setTCP(
        _ header: TCPHeader, _ name: String, _ packet: DecodedPacket, _ verdict: ChecksumVerdict?,
        _ bytes: Span<UInt8>
    ) {
        set(name + ".sport", header.sourcePort)
        set(name + ".dport", header.destinationPort)
        set(name + ".seq", header.sequenceNumber.rawValue)
        set(name + ".ack", header.acknowledgmentNumber.rawValue)
        set(name + ".hl", header.headerLength)
        set(name + ".flags", UInt16(header.reservedBits) << 9 | header.flags.rawValue)
        set(name + ".win", header.window)
        set(name + ".urg", header.urgentPointer)
        set(name + ".cksum", header.checksum)
        fields[name + ".cksum_status"] = Self.status(verdict)
        if !packet.isFragment { set(name + ".plen", packet.payloadLength) }
        let options = header.options
        guard !options.range.isEmpty else { return }
        fields[name + ".opt.hex"] = Self.hexadecimal(options.range, bytes)
        if let size = options.maximumSegmentSize { set(name + ".opt.mss", size) }
        if let shift = options.windowScale { set(name + ".opt.wscale", shift) }
        if options.isSACKPermitted { set(name + ".opt.sack_perm", 1) }
        if let timestamps = options.timestamps {
            set(name + ".opt.tsval", timestamps.value)
            set(name + ".opt.tsecr", timestamps.echoReply)
        }
        let blocks = options.sackBlocks.elements.map { "\($0.leftEdge.rawValue) \($0.rightEdge.rawValue)" }
        if !blocks.isEmpty { fields[name + ".opt.sack"] = blocks.joined(separator: ",") }
        var kinds: [String] = []
        var subtypes: [String] = []
        var walk = TCPOptionWalk(range: options.range)
        while let (option, range) = walk.next(in: bytes) {
            if case .malformed = option { break }
            kinds.append(String(bytes[range.start]))
            switch option {
            case .md5Signature(let digest): fields[name + ".opt.md5"] = Self.hexadecimal(digest, bytes)
            case .fastOpenCookie(let cookie) where !cookie.isEmpty:
                fields[name + ".opt.tfo"] = Self.hexadecimal(cookie, bytes)
            case .multipath(let subtype, _): subtypes.append(String(subtype))
            default: break
            }
        }
        if !kinds.isEmpty { fields[name + ".opt.kinds"] = kinds.joined(separator: " ") }
        if !subtypes.isEmpty { fields[name + ".opt.mptcp"] = subtypes.joined(separator: " ") }
    }

    private mutating func setICMP(_ header: ICMPHeader, version: Int, _ prefix: String, _ verdict: ChecksumVerdict?) {
        guard prefix.isEmpty else { return }
        set("icmp.v", version)
        set("icmp.type", header.type)
        set("icmp.code", header.code)
        set("icmp.cksum", header.checksum)
        fields["icmp.cksum_status"] = Self.status(verdict)
        // Echo, and in IPv4 timestamp, information and address mask; the extended echo has a shorter sequence number.
        let echoes: [UInt8] = version == 4 ? [0, 8, 13, 14, 15, 16, 17, 18] : [128, 129]
        let extendedEchoes: [UInt8] = version == 4 ? [42, 43] : [160, 161]
        if echoes.contains(header.type) || extendedEchoes.contains(header.type) {
            set("icmp.id", header.identifier)
        }
        if echoes.contains(header.type) { set("icmp.seq", header.sequenceNumber) }
    }

    /// tshark's words. It has none for a partial checksum.
    private static func status(_ verdict: ChecksumVerdict?) -> String? {
        switch verdict {
        case nil: nil
        case .valid: "good"
        case .invalid: "bad"
        case .partial: "partial"
        case .absent: "absent"
        case .unverifiable: "unverified"
        }
    }

    private static func hexadecimal(_ range: ByteRange, _ bytes: Span<UInt8>) -> String {
        var text: [UInt8] = []
        for index in range.indices { NumberText.appendHexadecimal(UInt64(bytes[index]), digits: 2, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }
}
