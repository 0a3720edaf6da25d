public import PacketDecode

extension EtherType {
    /// The name that people know it by (IANA "IEEE 802 Numbers"); nil for a number without one here.
    public var name: String? {
        switch rawValue {
        case 0x0800: "IPv4"
        case 0x0806: "ARP"
        case 0x0842: "Wake-on-LAN"
        case 0x2000: "CDP"
        case 0x22F3: "TRILL"
        case 0x6003: "DECnet"
        case 0x8035: "RARP"
        case 0x809B: "AppleTalk"
        case 0x80F3: "AARP"
        case 0x8100: "802.1Q"
        case 0x8137: "IPX"
        case 0x86DD: "IPv6"
        case 0x8808: "802.3 flow control"
        case 0x8809: "802.3 slow protocols"
        case 0x8847: "MPLS"
        case 0x8848: "MPLS multicast"
        case 0x8863: "PPPoE discovery"
        case 0x8864: "PPPoE session"
        case 0x888E: "EAPOL"
        case 0x8892: "PROFINET"
        case 0x889A: "HyperSCSI"
        case 0x88A2: "ATA over Ethernet"
        case 0x88A4: "EtherCAT"
        case 0x88A8: "802.1ad"
        case 0x88B8: "GOOSE"
        case 0x88CC: "LLDP"
        case 0x88E5: "MACsec"
        case 0x88E7: "802.1ah"
        case 0x88F7: "PTP"
        case 0x8902: "802.1ag CFM"
        case 0x8906: "FCoE"
        case 0x8914: "FCoE initialization"
        case 0x8915: "RoCE"
        case 0x891D: "TTEthernet"
        case 0x892F: "HSR"
        case 0x9000: "loopback test"
        case 0x9100: "stacked VLAN"
        default: nil
        }
    }
}
