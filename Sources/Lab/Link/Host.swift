internal import CLinux
internal import Glibc
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

    /// The `number`-th host, from 1, in a new namespace: 10.7.0.1 and fd07::1.
    init(_ name: String, number: UInt8) throws(PrivateNetworkError) {
        self.name = name
        namespace = try NetworkNamespace.make()
        ipv4 = IPv4Address(10, 7, 0, number)
        ipv6 = IPv6Address(high: 0xFD07_0000_0000_0000, low: UInt64(number))
        linkAddress = MACAddress(rawValue: 0x0200_0000_0000 | UInt64(number))
    }

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
            try netlink.addNeighbor(.v4(peer.ipv4), peer.linkAddress, on: index)
            try netlink.addNeighbor(.v6(peer.ipv6), peer.linkAddress, on: index)
        }
    }
}

enum NamespaceSetup {
    /// Turns an interface's offloads off, in the calling thread's namespace.
    static func disableOffloads(of interface: String) throws(PrivateNetworkError) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw PrivateNetworkError(.controlSocket, errno: errno) }
        defer { close(descriptor) }
        guard unsafe wirewatch_interface_disable_offloads(descriptor, interface) == 0 else {
            throw PrivateNetworkError(.disableSegmentationOffload, errno: errno)
        }
    }
}
