public import PacketDecode

/// Names of ICMP types and codes (IANA "ICMP Parameters", RFC 792, RFC 1812 §5.2.7).
extension ICMPHeader {
    /// The type of an ICMP message for IPv4.
    public var typeName: String? {
        switch type {
        case 0: "echo reply"
        case 3: "destination unreachable"
        case 4: "source quench"
        case 5: "redirect"
        case 8: "echo request"
        case 9: "router advertisement"
        case 10: "router solicitation"
        case 11: "time exceeded"
        case 12: "parameter problem"
        case 13: "timestamp request"
        case 14: "timestamp reply"
        case 15: "information request"
        case 16: "information reply"
        case 17: "address mask request"
        case 18: "address mask reply"
        case 40: "security failure"
        case 42: "extended echo request"
        case 43: "extended echo reply"
        default: nil
        }
    }

    /// The code of an ICMP message for IPv4; nil where the type has none worth a name.
    public var codeName: String? {
        switch (type, code) {
        case (3, 0): "network unreachable"
        case (3, 1): "host unreachable"
        case (3, 2): "protocol unreachable"
        case (3, 3): "port unreachable"
        case (3, 4): "fragmentation needed"
        case (3, 5): "source route failed"
        case (3, 6): "network unknown"
        case (3, 7): "host unknown"
        case (3, 8): "source host isolated"
        case (3, 9): "network prohibited"
        case (3, 10): "host prohibited"
        case (3, 11): "network unreachable for type of service"
        case (3, 12): "host unreachable for type of service"
        case (3, 13): "communication prohibited"
        case (3, 14): "host precedence violation"
        case (3, 15): "precedence cutoff"
        case (5, 0): "for the network"
        case (5, 1): "for the host"
        case (5, 2): "for the network and type of service"
        case (5, 3): "for the host and type of service"
        case (11, 0): "in transit"
        case (11, 1): "in reassembly"
        case (12, 0): "pointer names the fault"
        case (12, 1): "option missing"
        case (12, 2): "bad length"
        default: nil
        }
    }

    /// The type of an ICMPv6 message (IANA "ICMPv6 Parameters", RFC 4443, RFC 4861).
    public var typeNameIPv6: String? {
        switch type {
        case 1: "destination unreachable"
        case 2: "packet too big"
        case 3: "time exceeded"
        case 4: "parameter problem"
        case 128: "echo request"
        case 129: "echo reply"
        case 130: "multicast listener query"
        case 131: "multicast listener report"
        case 132: "multicast listener done"
        case 133: "router solicitation"
        case 134: "router advertisement"
        case 135: "neighbor solicitation"
        case 136: "neighbor advertisement"
        case 137: "redirect"
        case 138: "router renumbering"
        case 143: "multicast listener report v2"
        case 151: "multicast router advertisement"
        case 152: "multicast router solicitation"
        case 153: "multicast router termination"
        case 155: "RPL control"
        case 160: "extended echo request"
        case 161: "extended echo reply"
        default: nil
        }
    }

    /// The code of an ICMPv6 message; nil where the type has none worth a name.
    public var codeNameIPv6: String? {
        switch (type, code) {
        case (1, 0): "no route"
        case (1, 1): "communication prohibited"
        case (1, 2): "beyond scope of source address"
        case (1, 3): "address unreachable"
        case (1, 4): "port unreachable"
        case (1, 5): "source address failed policy"
        case (1, 6): "route rejected"
        case (1, 7): "error in source routing header"
        case (3, 0): "in transit"
        case (3, 1): "in reassembly"
        case (4, 0): "erroneous header field"
        case (4, 1): "unknown next header"
        case (4, 2): "unknown option"
        case (4, 3): "incomplete first fragment"
        default: nil
        }
    }
}
