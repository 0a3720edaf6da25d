internal import PacketDecode

extension Line {
    /// One ICMP or ICMPv6 message: `echo request id 7 seq 1 len 56`,
    /// `destination unreachable: port unreachable, answers UDP 127.0.0.1:4000 > 127.0.0.1:9`.
    mutating func putICMP(
        _ header: ICMPHeader, isIPv6: Bool, _ packet: DecodedPacket, _ bytes: Span<UInt8>
    ) {
        if let name = isIPv6 ? header.typeNameIPv6 : header.typeName {
            put(name)
        } else {
            put("type ")
            put(number: header.type)
        }
        if let name = isIPv6 ? header.codeNameIPv6 : header.codeName {
            put(": ")
            put(name)
        } else if header.code != 0 {
            put(" code ")
            put(number: header.code)
        }
        putDetail(header, isIPv6: isIPv6, packet, bytes)
    }

    private mutating func putDetail(
        _ header: ICMPHeader, isIPv6: Bool, _ packet: DecodedPacket, _ bytes: Span<UInt8>
    ) {
        if header.isEcho(isIPv6: isIPv6) {
            put(" id ")
            put(number: header.identifier)
            put(" seq ")
            put(number: header.sequenceNumber)
            put(" len ")
            put(decimal: UInt64(packet.payloadLength))
            return
        }
        if let mtu = header.nextHopMTU(isIPv6: isIPv6) {
            put(", MTU ")
            put(number: mtu)
        }
        if let target = header.neighborTarget(isIPv6: isIPv6, packet, bytes) {
            put(" for ")
            put(IPAddress.v6(target))
        }
        if !isIPv6, ICMPType(rawValue: header.type) == .redirect {
            put(" to ")
            put(IPAddress.v4(IPv4Address(rawValue: header.restOfHeader)))
        }
        if let quoted = PacketDecoder.decodeQuoted(in: packet, bytes) { putQuoted(quoted) }
    }

    /// What an ICMP error answers.
    private mutating func putQuoted(_ quoted: DecodedPacket) {
        guard let addresses = quoted.addresses else { return }
        put(", answers ")
        if let name = quoted.ipProtocol?.name {
            put(name)
        } else {
            put("protocol ")
            put(number: quoted.ipProtocol?.rawValue ?? 0)
        }
        put(UInt8(ascii: " "))
        if let ports = quoted.ports {
            put(Endpoint(address: addresses.source, port: ports.source))
            put(" > ")
            put(Endpoint(address: addresses.destination, port: ports.destination))
        } else {
            put(addresses.source)
            put(" > ")
            put(addresses.destination)
        }
    }
}

extension ICMPHeader {
    func isEcho(isIPv6: Bool) -> Bool {
        if isIPv6 {
            return ICMPv6Type(rawValue: type) == .echoRequest || ICMPv6Type(rawValue: type) == .echoReply
        }
        return ICMPType(rawValue: type) == .echoRequest || ICMPType(rawValue: type) == .echoReply
    }

    /// The size that a packet must not exceed (RFC 1191 §4, RFC 4443 §3.2); nil in other messages, and where it is 0.
    func nextHopMTU(isIPv6: Bool) -> UInt32? {
        if isIPv6 { return ICMPv6Type(rawValue: type) == .packetTooBig ? restOfHeader : nil }
        guard ICMPType(rawValue: type) == .destinationUnreachable, code == 4 else { return nil }
        let size = restOfHeader & 0xFFFF
        return size == 0 ? nil : size
    }

    /// The address that a neighbor solicitation asks for, or that an advertisement or a redirect tells of (RFC 4861 §4.3 to §4.5).
    func neighborTarget(isIPv6: Bool, _ packet: DecodedPacket, _ bytes: Span<UInt8>) -> IPv6Address? {
        guard isIPv6, (135...137).contains(type), packet.payload.count >= 16, packet.payload.end <= bytes.count
        else { return nil }
        return IPv6Address(at: packet.payload.start, in: bytes)
    }
}

extension IPv6Address {
    /// The 16 octets of `bytes` from `offset` on, which must be there.
    init(at offset: Int, in bytes: Span<UInt8>) {
        var halves: (UInt64, UInt64) = (0, 0)
        for index in 0..<8 {
            halves.0 = halves.0 << 8 | UInt64(bytes[offset + index])
            halves.1 = halves.1 << 8 | UInt64(bytes[offset + 8 + index])
        }
        self.init(high: halves.0, low: halves.1)
    }
}
