internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// Which of two hosts sent a frame: a capture shows frames that leave and frames that arrive alike.
///
/// Addresses tell it; those that nobody named are learnt from the link's verdicts, which know the sender.
struct FrameOrigins: Sendable {
    private var hosts: [IPAddress: HostName]
    /// For frames whose IP address is none, or one that each host may have.
    private var linkHosts: [MACAddress: HostName] = [:]
    /// A host that forges addresses shall not fill the memory.
    private static let limit = 64

    init(_ hosts: [IPAddress: HostName] = [:]) { self.hosts = hosts }

    /// Learns the sender's addresses from a verdict.
    mutating func note(_ event: LinkEvent) {
        if let source = Self.source(of: event.packet), hosts.count < Self.limit, hosts[source] == nil {
            hosts[source] = event.source
        }
        if case .ethernet(let header) = event.packet.link { learn(header.source, event.source) }
    }

    /// Learns the link address of a host from a frame that its IP address says it sent.
    mutating func note(_ event: PacketEvent) {
        guard let host = event.host, let source = Self.source(of: event.packet), hosts[source] == host,
            case .ethernet(let header) = event.packet.link
        else { return }
        learn(header.source, host)
    }

    private mutating func learn(_ address: MACAddress, _ host: HostName) {
        if linkHosts.count < Self.limit, linkHosts[address] == nil { linkHosts[address] = host }
    }

    /// Whether `host`, whose capture shows the frame, sent it. Where no address tells, A is taken for the one that began
    /// the flow.
    func isSent(_ event: PacketEvent, by host: HostName) -> Bool {
        if let source = Self.source(of: event.packet), let sender = hosts[source] { return sender == host }
        if case .ethernet(let header) = event.packet.link, let sender = linkHosts[header.source] {
            return sender == host
        }
        guard let flow = event.flow else { return false }
        return (flow.direction == .fromInitiator) == (host == .a)
    }

    /// The sender's IP address; nil where there is none, or it is the unspecified one.
    private static func source(of packet: DecodedPacket) -> IPAddress? {
        if let source = packet.addresses?.source { return isUnspecified(source) ? nil : source }
        guard case .arp(let message) = packet.network, let addresses = message.addresses else { return nil }
        return .v4(addresses.senderProtocolAddress)
    }

    private static func isUnspecified(_ address: IPAddress) -> Bool {
        switch address {
        case .v4(let address): address.rawValue == 0
        case .v6(let address): address.high == 0 && address.low == 0
        }
    }
}

extension TimelineEntry {
    /// Where a call was made or a socket is. Where the entry does not say it, the side that begins is taken to be A.
    func placedHost(_ role: SocketRole?) -> HostName {
        if let host { return host }
        return role == .server || role == .receiver ? .b : .a
    }
}
