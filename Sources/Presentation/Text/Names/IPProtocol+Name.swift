public import PacketDecode

extension IPProtocol {
    /// The name that people know it by (IANA "Protocol Numbers"); nil for a number without one here.
    public var name: String? {
        switch rawValue {
        case 0: "hop-by-hop options"
        case 1: "ICMP"
        case 2: "IGMP"
        case 4: "IPv4"
        case 6: "TCP"
        case 8: "EGP"
        case 9: "IGP"
        case 17: "UDP"
        case 27: "RDP"
        case 33: "DCCP"
        case 41: "IPv6"
        case 43: "routing"
        case 44: "fragment"
        case 46: "RSVP"
        case 47: "GRE"
        case 50: "ESP"
        case 51: "AH"
        case 55: "MOBILE"
        case 58: "ICMPv6"
        case 59: "no next header"
        case 60: "destination options"
        case 88: "EIGRP"
        case 89: "OSPF"
        case 94: "IPIP"
        case 97: "EtherIP"
        case 103: "PIM"
        case 108: "IPComp"
        case 112: "VRRP"
        case 115: "L2TP"
        case 132: "SCTP"
        case 133: "FC"
        case 135: "mobility"
        case 136: "UDP-Lite"
        case 137: "MPLS"
        case 139: "HIP"
        case 140: "Shim6"
        case 142: "ROHC"
        case 143: "Ethernet"
        default: nil
        }
    }
}
