internal import CLinux
internal import Glibc
internal import PacketDecode

extension NetlinkSocket {
    private static let create = UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL)
    private static let change = UInt16(NLM_F_REQUEST | NLM_F_ACK)

    /// `struct ifinfomsg`: family, padding, device type, index, flags, which flags to change.
    private static func appendInterface(
        index: UInt32, flags: UInt32, mask: UInt32, to message: inout NetlinkMessage
    ) {
        message.append(UInt16(0))
        message.append(UInt16(0))
        message.append(index)
        message.append(flags)
        message.append(mask)
    }

    /// Makes a pair of interfaces, each of which receives what the other sends: `name` here, `peer` in the network
    /// namespace behind the descriptor `peerNamespace`.
    mutating func makeVethPair(
        _ name: String, _ address: MACAddress, peer: String, _ peerAddress: MACAddress, in peerNamespace: Int32
    ) throws(NetlinkError) {
        var message = NetlinkMessage(
            "make the veth pair \(name), \(peer)", type: UInt16(RTM_NEWLINK), flags: Self.create)
        Self.appendInterface(index: 0, flags: 0, mask: 0, to: &message)
        message.attribute(IFLA_IFNAME, text: name)
        message.attribute(IFLA_ADDRESS, address.octets)
        message.nested(IFLA_LINKINFO) { message in
            message.attribute(IFLA_INFO_KIND, text: "veth")
            message.nested(IFLA_INFO_DATA) { message in
                message.nested(VETH_INFO_PEER) { message in
                    Self.appendInterface(index: 0, flags: 0, mask: 0, to: &message)
                    message.attribute(IFLA_IFNAME, text: peer)
                    message.attribute(IFLA_ADDRESS, peerAddress.octets)
                    message.attribute(IFLA_NET_NS_FD, number: UInt32(bitPattern: peerNamespace))
                }
            }
        }
        try request(message)
    }

    /// Lets the kernel give the interface no IPv6 address of its own making, so that nothing is sent unasked.
    mutating func disableAddressGeneration(_ index: UInt32) throws(NetlinkError) {
        var message = NetlinkMessage(
            "turn IPv6 address generation off on interface \(index)", type: UInt16(RTM_NEWLINK), flags: Self.change)
        Self.appendInterface(index: index, flags: 0, mask: 0, to: &message)
        message.nested(IFLA_AF_SPEC) { message in
            message.nested(AF_INET6) { message in
                message.attribute(IFLA_INET6_ADDR_GEN_MODE, number: UInt8(1))  // IN6_ADDR_GEN_MODE_NONE
            }
        }
        try request(message)
    }

    /// Raises the interface with that MTU, in octets.
    mutating func raise(_ index: UInt32, maximumTransmissionUnit: Int) throws(NetlinkError) {
        var message = NetlinkMessage("raise interface \(index)", type: UInt16(RTM_NEWLINK), flags: Self.change)
        let up = UInt32(IFF_UP)
        Self.appendInterface(index: index, flags: up, mask: up, to: &message)
        message.attribute(IFLA_MTU, number: UInt32(clamping: maximumTransmissionUnit))
        try request(message)
    }

    /// Gives the interface an address with a prefix of so many bits, without duplicate address detection.
    mutating func add(_ address: IPAddress, prefixLength: UInt8, to index: UInt32) throws(NetlinkError) {
        var message = NetlinkMessage("add the address \(address)", type: UInt16(RTM_NEWADDR), flags: Self.create)
        // struct ifaddrmsg: family, prefix length, flags, scope, index.
        message.append(address.family)
        message.append(prefixLength)
        message.append(UInt8(0))
        message.append(UInt8(0))
        message.append(index)
        message.attribute(IFA_LOCAL, address.octets)
        message.attribute(IFA_ADDRESS, address.octets)
        message.attribute(IFA_FLAGS, number: UInt32(IFA_F_NODAD))
        try request(message)
    }

    /// Sends everything that no other route is for to `gateway`.
    mutating func addDefaultRoute(by gateway: IPAddress, on index: UInt32) throws(NetlinkError) {
        var message = NetlinkMessage("add the route by \(gateway)", type: UInt16(RTM_NEWROUTE), flags: Self.create)
        // struct rtmsg: family, destination and source prefix lengths, type of service, table, protocol, scope, type, flags.
        message.append(gateway.family)
        message.append(octets: [0, 0, 0])
        message.append(UInt8(RT_TABLE_MAIN.rawValue))
        message.append(UInt8(RTPROT_STATIC))
        message.append(UInt8(RT_SCOPE_UNIVERSE.rawValue))
        message.append(UInt8(RTN_UNICAST))
        message.append(UInt32(0))
        message.attribute(RTA_GATEWAY.rawValue, gateway.octets)
        message.attribute(RTA_OIF.rawValue, number: index)
        try request(message)
    }

    /// Says once and for all which link address `address` has, so that nobody asks by ARP or neighbor discovery.
    mutating func addNeighbor(
        _ address: IPAddress, _ linkAddress: MACAddress, on index: UInt32
    ) throws(NetlinkError) {
        var message = NetlinkMessage("add the neighbor \(address)", type: UInt16(RTM_NEWNEIGH), flags: Self.create)
        // struct ndmsg: family, padding 3, index, state, flags, type.
        message.append(address.family)
        message.append(octets: [0, 0, 0])
        message.append(index)
        message.append(UInt16(NUD_PERMANENT))
        message.append(UInt8(0))
        message.append(UInt8(0))
        message.attribute(NDA_DST, address.octets)
        message.attribute(NDA_LLADDR, linkAddress.octets)
        try request(message)
    }
}

extension MACAddress {
    /// The six octets, first on the wire first.
    fileprivate var octets: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: rawValue >> UInt64(40 - $0 * 8)) } }
}

extension IPAddress {
    fileprivate var family: UInt8 {
        switch self {
        case .v4: UInt8(AF_INET)
        case .v6: UInt8(AF_INET6)
        }
    }

    /// The octets in network order.
    fileprivate var octets: [UInt8] {
        switch self {
        case .v4(let address): (0..<4).map { UInt8(truncatingIfNeeded: address.rawValue >> UInt32(24 - $0 * 8)) }
        case .v6(let address):
            (0..<8).map { UInt8(truncatingIfNeeded: address.high >> UInt64(56 - $0 * 8)) }
                + (0..<8).map { UInt8(truncatingIfNeeded: address.low >> UInt64(56 - $0 * 8)) }
        }
    }
}
