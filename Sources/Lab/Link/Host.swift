internal import CLinux
public import PacketDecode

/// One of two hosts that a link of ours joins: a network namespace with an interface `eth0`.
public struct Host: Sendable {
    public let name: String
    public let namespace: NetworkNamespace
    public let ipv4: IPv4Address
    public let ipv6: IPv6Address
    let linkAddress: MACAddress

    /// The interface's name inside.
    public static let interface = "eth0"

    /// The router's end of the veth pair; nil where both hosts are in one subnet.
    let gateway: Router.Port?

    /// The `number`-th host, from 1, in a new namespace.
    ///
    /// - Parameter isRouted: whether each host has a subnet of its own, 10.7.N.2 and fd07:0:0:N::2 behind a router; otherwise
    ///   they share one, 10.7.0.N and fd07::N.
    init(_ name: String, number: UInt8, isRouted: Bool) throws(PrivateNetworkError) {
        self.name = name
        namespace = try NetworkNamespace.make()
        let linkAddress = MACAddress(rawValue: 0x0200_0000_0000 | UInt64(number))
        let prefix: UInt64 = 0xFD07_0000_0000_0000
        if isRouted {
            ipv4 = IPv4Address(10, 7, number, 2)
            ipv6 = IPv6Address(high: prefix | UInt64(number), low: 2)
            gateway = Router.Port(
                linkAddress: Self.linkEnd(of: linkAddress), ipv4: IPv4Address(10, 7, number, 1),
                ipv6: IPv6Address(high: prefix | UInt64(number), low: 1), host: linkAddress)
        } else {
            ipv4 = IPv4Address(10, 7, 0, number)
            ipv6 = IPv6Address(high: prefix, low: UInt64(number))
            gateway = nil
        }
        self.linkAddress = linkAddress
    }

    /// The link address of the other end of a host's veth pair.
    static func linkEnd(of host: MACAddress) -> MACAddress { MACAddress(rawValue: host.rawValue | 0x0100) }

    /// Sets the inside up; `peer` is whom it can talk to.
    func configure(peer: Host, maximumTransmissionUnit: Int) throws {
        let host = self
        try namespace.run {
            try NamespaceSetup.disableOffloads(of: Host.interface)
            var netlink = try NetlinkSocket()
            let loopback = unsafe wirewatch_interface_index("lo")
            let index = unsafe wirewatch_interface_index(Host.interface)
            try netlink.raise(loopback, maximumTransmissionUnit: 65536)
            try netlink.disableAddressGeneration(index)
            try netlink.raise(index, maximumTransmissionUnit: maximumTransmissionUnit)
            try netlink.add(.v4(host.ipv4), prefixLength: 24, to: index)
            try netlink.add(.v6(host.ipv6), prefixLength: 64, to: index)
            if let gateway = host.gateway {
                for address in [IPAddress.v4(gateway.ipv4), .v6(gateway.ipv6)] {
                    try netlink.addNeighbor(address, gateway.linkAddress, on: index)
                    try netlink.addDefaultRoute(by: address, on: index)
                }
            } else {
                try netlink.addNeighbor(.v4(peer.ipv4), peer.linkAddress, on: index)
                try netlink.addNeighbor(.v6(peer.ipv6), peer.linkAddress, on: index)
            }
        }
    }
}
