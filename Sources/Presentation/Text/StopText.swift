public import PacketDecode

extension DecodeError.Layer {
    /// What the layer is called in a sentence.
    public var name: String {
        switch self {
        case .ethernet: "Ethernet header"
        case .vlan: "VLAN tag"
        case .linuxSLL: "Linux cooked header"
        case .linuxSLL2: "Linux cooked header v2"
        case .loopback: "loopback header"
        case .arp: "ARP message"
        case .ipv4: "IPv4 header"
        case .ipv4Options: "IPv4 options"
        case .ipv6: "IPv6 header"
        case .ipv6Extension: "IPv6 extension header"
        case .authenticationHeader: "authentication header"
        case .tcp: "TCP header"
        case .tcpOptions: "TCP options"
        case .udp: "UDP header"
        case .icmp: "ICMP header"
        case .icmpv6: "ICMPv6 header"
        }
    }

    /// Whose length a length field of this layer is: "IPv4 total length".
    fileprivate var lengthName: String {
        switch self {
        case .ipv4: "IPv4 total length"
        case .ipv6: "IPv6 payload length and header"
        case .udp: "UDP length"
        default: name
        }
    }
}

extension DecodeError.Limit {
    /// What the limit is called in a sentence.
    public var name: String {
        switch self {
        case .snapshotLength: "snapshot length"
        case .frame: "frame"
        case .ipv4TotalLength: "IPv4 total length"
        case .ipv6PayloadLength: "IPv6 payload length"
        case .udpLength: "UDP length"
        case .quotation: "quotation"
        case .ipv6JumboPayloadLength: "IPv6 jumbo payload length"
        }
    }
}

extension OutputBuffer {
    /// Appends why a decode ended, in plain words: "malformed: IPv4 header length 16 is below the least, 20 octets".
    public mutating func append(_ stop: DecodeError) { append(upTo: 256) { $0.put(stop) } }
}

extension Line {
    mutating func put(_ stop: DecodeError) {
        put(stop.isCutBySnapshot ? "cut by the snapshot length: " : "malformed: ")
        switch stop.reason {
        case .tooShort(let needed, let available, .snapshotLength):
            put("\(stop.layer.name) needs ", needed, " octets, ", available, " captured")
        case .tooShort(let needed, let available, .ipv4TotalLength) where stop.layer == .ipv4:
            put("IPv4 total length ", available, " is less than its header's ", needed, " octets")
        case .tooShort(let needed, let available, let limit):
            put("\(stop.layer.name) needs ", needed, " octets, the \(limit.name) leaves ", available, "")
        case .wrongVersion(let version):
            put("\(stop.layer.name) says version ", UInt32(version), "")
        case .headerLengthTooSmall(let octets, let minimum):
            put("\(stop.layer.name) says ", UInt32(octets), " octets, the least is ", UInt32(minimum), "")
        case .lengthExceeds(let stated, let available, .snapshotLength):
            put("\(stop.layer.lengthName) says ", stated, " octets, ", available, " captured")
        case .lengthExceeds(let stated, let available, let limit):
            put("\(stop.layer.lengthName) says ", stated, " octets, the \(limit.name) holds ", available, "")
        case .malformedOption(let kind):
            put("\(stop.layer.name): the length of option ", UInt32(kind), " does not fit")
        case .tooManyHeaders(let limit):
            put("more than ", UInt32(limit), stop.layer == .vlan ? " VLAN tags" : " extension headers")
        }
    }

    private mutating func put(_ before: String, _ number: UInt32, _ after: String) {
        put(before)
        put(decimal: UInt64(number))
        put(after)
    }

    private mutating func put(
        _ before: String, _ first: UInt32, _ between: String, _ second: UInt32, _ after: String
    ) {
        put(before, first, between)
        put(decimal: UInt64(second))
        put(after)
    }
}
