import ArgumentParser
import PacketDecode
import SocketEvents

/// Which multicast groups a receiver joins.
struct MulticastOptions: ParsableArguments {
    @Option(
        name: .customLong("join"),
        help: ArgumentHelp(
            "Join this multicast group; may be given again. A group as the address is joined by itself.",
            valueName: "group"))
    var groups: [String] = []

    @Option(
        name: .customLong("interface"),
        help: ArgumentHelp("Join on this interface, not on the one that the routes choose.", valueName: "name"))
    var interface: String?

    /// Joins the groups on a socket that is to be bound to one of `addresses`.
    func prepare(_ descriptor: borrowing SocketDescriptor, for addresses: [SocketAddress]) throws(SocketError) {
        let family = descriptor.family
        let own = addresses.filter { $0.family == family && $0.endpoint.address.isMulticast }
        try Self.join(groups, and: own, on: interface, descriptor)
    }

    /// Joins groups on a socket that is not bound yet.
    static func join(
        _ groups: [String], and addresses: [SocketAddress] = [], on interface: String?,
        _ descriptor: borrowing SocketDescriptor
    ) throws(SocketError) {
        var joined = addresses
        for group in groups {
            joined += try HostAndPort(host: group, port: 0).resolve(for: .connecting, .datagram).prefix(1)
        }
        guard !joined.isEmpty else { return }
        // Several receivers on one machine may have a group's port.
        try descriptor.allowAddressReuse()
        var index: UInt32 = 0
        if let interface { index = try NetworkInterface.index(of: interface) }
        for group in joined { try descriptor.join(group, interface: index == 0 ? group.scopeID : index) }
    }
}
