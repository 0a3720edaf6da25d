public import FlowAnalysis
public import PacketDecode

extension OutputBuffer {
    /// Appends what a packet says, in its innermost protocol's words, without time, addresses and protocol name:
    /// `PSH ACK seq 1:501 ack 1 win 65536 len 500`.
    ///
    /// - Parameters:
    ///   - packet: a decoded packet.
    ///   - bytes: the frame that it was decoded from.
    ///   - flow: what its flow says of it; without one a segment's numbers stand as they were sent.
    public mutating func appendSummary(_ packet: DecodedPacket, _ bytes: Span<UInt8>, flow: FlowObservation?) {
        append(upTo: PacketLine.capacity) { line in
            line.putSummary(packet, bytes, SegmentNumbers(flow))
            line.putTail(packet)
        }
    }

    /// Appends the name of a packet's innermost protocol: `TCP`, `ICMPv6`, `LLDP`.
    public mutating func appendProtocolName(_ packet: DecodedPacket) {
        append(upTo: 64) { $0.putProtocolName(packet) }
    }
}

extension Line {
    @inline(__always)
    mutating func putProtocolName(_ packet: DecodedPacket) {
        switch packet.transport {
        case .tcp: put("TCP")
        case .udp: put("UDP")
        case .icmp: put("ICMP")
        case .icmpv6: put("ICMPv6")
        case .prefix(let prefix): put(prefix.protocol == .tcp ? "TCP" : "UDP")
        case .none: putNetworkProtocolName(packet)
        }
    }

    private mutating func putNetworkProtocolName(_ packet: DecodedPacket) {
        switch packet.network {
        case .arp: put("ARP")
        case .ipv4, .ipv6:
            if let name = packet.ipProtocol?.name {
                put(name)
            } else {
                put("IP ")
                put(number: packet.ipProtocol?.rawValue ?? 0)
            }
        case .none:
            if let etherType = packet.etherType {
                if let name = etherType.name {
                    put(name)
                } else {
                    put("0x")
                    put(hexadecimal: UInt64(etherType.rawValue), digits: 4)
                }
            } else if case .ethernet = packet.link {
                put("802.3")
            } else {
                put(UInt8(ascii: "-"))
            }
        }
    }

    /// The protocol's part of the line.
    @inline(__always)
    mutating func putSummary(_ packet: DecodedPacket, _ bytes: Span<UInt8>, _ numbers: SegmentNumbers?) {
        switch packet.transport {
        case .tcp(let header):
            put(header, payloadLength: packet.payloadLength, numbers)
        case .udp:
            put(decimal: UInt64(packet.payloadLength))
            put(" octets")
        case .icmp(let header): putICMP(header, isIPv6: false, packet, bytes)
        case .icmpv6(let header): putICMP(header, isIPv6: true, packet, bytes)
        case .prefix(let prefix):
            if let number = prefix.sequenceNumber {
                put("seq ")
                put(decimal: UInt64(number.rawValue))
            } else {
                put("ports only")
            }
        case .none:
            if case .arp(let message) = packet.network {
                put(message)
            } else {
                put(decimal: UInt64(packet.payloadLength))
                put(" octets")
            }
        }
    }

    /// What the network and link headers say besides addresses and protocol: fragments and VLAN tags.
    @inline(__always)
    mutating func putTail(_ packet: DecodedPacket) {
        if packet.isFragment { putFragment(packet) }
        if !packet.vlanTags.isEmpty { putTags(packet) }
    }

    private mutating func putFragment(_ packet: DecodedPacket) {
        switch packet.network {
        case .ipv4(let header):
            putFragment(
                identification: UInt32(header.identification), offset: header.fragmentOffset,
                moreFragments: header.moreFragments)
        case .ipv6(let header):
            guard let fragment = header.extensionHeaders.fragment else { return }
            putFragment(
                identification: fragment.identification, offset: Int(fragment.fragmentOffset),
                moreFragments: fragment.moreFragments)
        case .none, .arp: break
        }
    }

    private mutating func putFragment(identification: UInt32, offset: Int, moreFragments: Bool) {
        put(", fragment id ")
        put(number: identification)
        put(" at ")
        put(number: offset)
        put(moreFragments ? ", more follow" : ", the last")
    }

    private mutating func putTags(_ packet: DecodedPacket) {
        put(", vlan ")
        for index in packet.vlanTags.indices {
            if index > 0 { put(UInt8(ascii: ".")) }
            put(number: packet.vlanTags[index].identifier)
        }
    }
}
