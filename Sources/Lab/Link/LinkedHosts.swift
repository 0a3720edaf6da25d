internal import CLinux
internal import PacketDecode
internal import Timeline

/// Two hosts joined by a link of our own: each host's interface is one end of a veth pair, and a relay between the other
/// two ends decides the fate of each frame.
///
/// It is made in the calling process's namespace, which is the link's, and needs rights there: enter a `PrivateNetwork`
/// first. The kernel takes it all down with the process.
public final class LinkedHosts: Sendable {
    public let a: Host
    public let b: Host
    private let forward: LinkRelay
    private let backward: LinkRelay

    /// What the link did in each direction.
    public struct Report: Sendable {
        public let fromA: LinkTally
        public let fromB: LinkTally
    }

    /// - Parameters:
    ///   - fromA: what happens to frames from A to B.
    ///   - fromB: what happens to frames from B to A.
    ///   - rules: what happens to certain frames, before anything is drawn.
    ///   - seed: repeats the same draws.
    ///   - linkMTU: the largest packet that crosses the link, in octets. The hosts are then in two subnets and the link is a
    ///     router, which fragments, or answers by ICMP. Nil: they share a subnet, and the link carries all they can send.
    ///   - observer: told of each frame as the link takes it in.
    public init(
        fromA: LinkImpairment, fromB: LinkImpairment, rules: LinkRules = LinkRules(), seed: UInt64,
        maximumTransmissionUnit: Int = 1500, linkMTU: Int? = nil,
        observer: LinkObserver? = nil
    ) throws {
        a = try Host("A", number: 1, isRouted: linkMTU != nil)
        b = try Host("B", number: 2, isRouted: linkMTU != nil)
        let link = try NetworkNamespace.current()
        var netlink = try NetlinkSocket()
        for (host, end) in [(a, Self.endToA), (b, Self.endToB)] {
            let endAddress = Host.linkEnd(of: host.linkAddress)
            try netlink.makeVethPair(
                end, endAddress, peer: Host.interface, host.linkAddress, in: host.namespace.descriptor)
            let index = unsafe wirewatch_interface_index(end)
            try netlink.disableAddressGeneration(index)
            try NamespaceSetup.disableOffloads(of: end)
            try netlink.raise(index, maximumTransmissionUnit: maximumTransmissionUnit)
        }
        try a.configure(peer: b, maximumTransmissionUnit: maximumTransmissionUnit)
        try b.configure(peer: a, maximumTransmissionUnit: maximumTransmissionUnit)
        forward = try LinkRelay(
            from: Self.endToA, to: Self.endToB, in: link, fromA, rules: rules, router: Router(from: a, to: b, linkMTU),
            maximumTransmissionUnit: maximumTransmissionUnit, seed: seed, source: .a, observer: observer)
        backward = try LinkRelay(
            from: Self.endToB, to: Self.endToA, in: link, fromB, rules: rules, router: Router(from: b, to: a, linkMTU),
            maximumTransmissionUnit: maximumTransmissionUnit, seed: seed &+ 0x5EED, source: .b, observer: observer)
    }

    func host(_ name: HostName) -> Host { name == .a ? a : b }

    /// The link's ends of the two veth pairs.
    private static let endToA = "to-a"
    private static let endToB = "to-b"

    /// Ends the link and says what it did. Frames that it still held are gone.
    public func stop() -> Report {
        Report(fromA: forward.stop(), fromB: backward.stop())
    }
}
