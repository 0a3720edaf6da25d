extension LayerWalk {
    /// Decodes a frame from its link header on.
    @inline(__always)
    mutating func decodeLink(_ bytes: Span<UInt8>, _ linkType: LinkType, into packet: inout DecodedPacket) {
        switch linkType {
        case .ethernet:
            if let reason = shortage(of: EthernetHeader.length) { return stop(&packet, .ethernet, at: 0, reason) }
            let header = EthernetHeader(decoding: bytes.extracting(0..<EthernetHeader.length))
            packet.link = .ethernet(header)
            offset = EthernetHeader.length
            decodeTagged(bytes, header.etherType, into: &packet)
        case .linuxSLL:
            if let reason = shortage(of: LinuxSLLHeader.length) { return stop(&packet, .linuxSLL, at: 0, reason) }
            let header = LinuxSLLHeader(decoding: bytes.extracting(0..<LinuxSLLHeader.length))
            packet.link = .linuxSLL(header)
            offset = LinuxSLLHeader.length
            decodeTagged(bytes, header.etherType, into: &packet)
        case .linuxSLL2:
            let length = LinuxSLLHeader.version2Length
            if let reason = shortage(of: length) { return stop(&packet, .linuxSLL2, at: 0, reason) }
            let header = LinuxSLLHeader(decodingVersion2: bytes.extracting(0..<length))
            packet.link = .linuxSLL2(header)
            offset = length
            decodeTagged(bytes, header.etherType, into: &packet)
        case .null, .loop:
            if let reason = shortage(of: LoopbackHeader.length) { return stop(&packet, .loopback, at: 0, reason) }
            let header = LoopbackHeader(
                decoding: bytes.extracting(0..<LoopbackHeader.length), isNetworkOrder: linkType == .loop)
            packet.link = .loopback(header)
            offset = LoopbackHeader.length
            decodeNetwork(bytes, header.etherType, into: &packet)
        case .raw: decodeByVersion(bytes, into: &packet)
        case .ipv4: decodeIPv4(bytes, into: &packet)
        case .ipv6: decodeIPv6(bytes, into: &packet)
        default: finish(&packet)
        }
    }

    /// Decodes VLAN tags, where `etherType` announces one, and what they carry.
    ///
    /// Without an EtherType, LLC follows (IEEE 802.3 §3.2.6; Linux's own number 4 in SLL): SNAP names an EtherType after
    /// all, other LLC is left as payload.
    @inline(__always)
    private mutating func decodeTagged(
        _ bytes: Span<UInt8>, _ etherType: EtherType?, into packet: inout DecodedPacket
    ) {
        var etherType = etherType
        while let tag = etherType, tag.isVLANTag {
            if let reason = shortage(of: VLANTag.length) {
                packet.etherType = tag
                return stop(&packet, .vlan, at: offset, reason)
            }
            let octets = bytes.extracting(offset..<offset + VLANTag.length)
            let kept = packet.vlanTags.append(
                VLANTag(protocolIdentifier: tag, controlInformation: octets.uint16(at: 0)))
            guard kept else {
                packet.etherType = tag
                let limit = UInt8(DecodedPacket.vlanTagCapacity)
                return stop(&packet, .vlan, at: offset, .tooManyHeaders(limit: limit))
            }
            offset += VLANTag.length
            let next = octets.uint16(at: 2)
            etherType = next >= 0x0600 ? EtherType(rawValue: next) : nil
        }
        if etherType == nil { etherType = decodeSNAP(bytes, into: &packet) }
        decodeNetwork(bytes, etherType, into: &packet)
    }

    /// Passes an LLC and SNAP header of the Ethernet kind (RFC 1042), and returns the EtherType in it; nil where the octets
    /// are anything else.
    @inline(never)
    private mutating func decodeSNAP(_ bytes: Span<UInt8>, into packet: inout DecodedPacket) -> EtherType? {
        let length = 8
        guard shortage(of: length) == nil else { return nil }
        let octets = bytes.extracting(offset..<offset + length)
        // Both service access points 0xAA, unnumbered information, organization code 0.
        guard octets.uint48(at: 0) == 0xAAAA_0300_0000 else { return nil }
        packet.snapHeader = ByteRange(from: offset, to: offset + length)
        offset += length
        return EtherType(rawValue: octets.uint16(at: 6))
    }

    /// Decodes the network header that `etherType` names; what has no name here is payload.
    @inline(__always)
    private mutating func decodeNetwork(
        _ bytes: Span<UInt8>, _ etherType: EtherType?, into packet: inout DecodedPacket
    ) {
        packet.etherType = etherType
        switch etherType {
        case .ipv4: decodeIPv4(bytes, into: &packet)
        case .ipv6: decodeIPv6(bytes, into: &packet)
        case .arp, .reverseARP: decodeARP(bytes, into: &packet)
        default: finish(&packet)
        }
    }
}
