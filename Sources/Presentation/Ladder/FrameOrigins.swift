internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// Which of two hosts sent a frame: a capture shows frames that leave and frames that arrive alike.
///
/// Addresses tell it; those that nobody named are learnt from the link's verdicts, which know the sender.
struct FrameOrigins: Sendable {
    private var hosts: [IPAddress: HostName]
    /// A host that forges addresses shall not fill the memory.
    private static let limit = 64

    init(_ hosts: [IPAddress: HostName] = [:]) { self.hosts = hosts }

    /// Learns the sender's address from a verdict.
    mutating func note(_ event: LinkEvent) {
        guard let source = Self.source(of: event.packet), hosts.count < Self.limit, hosts[source] == nil else { return }
        hosts[source] = event.source
    }

    /// Whether `host`, whose capture shows the frame, sent it. Where no address tells, A is taken for the one that began
    /// the flow.
    func isSent(_ event: PacketEvent, by host: HostName) -> Bool {
        if let source = Self.source(of: event.packet), let sender = hosts[source] { return sender == host }
        guard let flow = event.flow else { return false }
        return (flow.direction == .fromInitiator) == (host == .a)
    }

    private static func source(of packet: DecodedPacket) -> IPAddress? {
        if let addresses = packet.addresses { return addresses.source }
        guard case .arp(let message) = packet.network, let addresses = message.addresses else { return nil }
        return .v4(addresses.senderProtocolAddress)
    }
}

extension TimelineEntry {
    /// Where a call was made or a socket is. Where the entry does not say it, the side that begins is taken to be A.
    func placedHost(_ role: SocketRole?) -> HostName {
        if let host { return host }
        return role == .server || role == .receiver ? .b : .a
    }
}
