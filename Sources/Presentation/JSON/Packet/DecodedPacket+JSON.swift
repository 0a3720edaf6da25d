public import FlowAnalysis
public import PacketDecode
public import Timeline

extension OutputBuffer {
    /// Bytes that the longest packet takes as JSON, with room to spare.
    private static let packetJSONCapacity = 16384

    /// Appends a packet as one JSON object on a line of its own. The names are those of the Swift properties.
    ///
    /// Where the packet is evidence on an earlier frame's label, an event `revision` follows on the next line.
    ///
    /// - Parameters:
    ///   - packet: the packet that `bytes` was decoded into.
    ///   - flow: what its flow says of it; nil for what is neither TCP nor UDP.
    ///   - checksums: what the packet's checksums are worth, where that was asked.
    ///   - http: what HTTP said with the packet.
    ///   - fragment: what it is to its datagram, where it is a fragment. A datagram that was given up at its time follows as an
    ///     event `incompleteDatagram` on a line of its own.
    ///   - host: whose capture the frame is of; nil where there is one capture alone.
    public mutating func appendJSON(
        _ info: FrameInfo, _ linkType: LinkType, _ packet: DecodedPacket, _ bytes: Span<UInt8>,
        flow: FlowObservation?, checksums: ChecksumReport? = nil, http: [HTTPEvent] = [],
        fragment: FragmentObservation? = nil, host: HostName? = nil
    ) {
        append(upTo: Self.packetJSONCapacity + (fragment.map(Self.jsonCapacity) ?? 0)) { line in
            line.beginObject()
            line.member("event", "packet")
            if let host { line.member("host", host.rawValue) }
            line.member("number", info.number)
            line.member("timestamp", info.timestamp)
            line.member("capturedLength", info.capturedLength)
            line.member("originalLength", info.originalLength)
            line.member("linkType", linkType.rawValue)
            line.putLayers(packet)
            if let quoted = PacketDecoder.decodeQuoted(in: packet, bytes) {
                line.object("quotedPacket") { $0.putLayers(quoted) }
            }
            if let flow { line.putJSON(flow) }
            if let checksums { line.putJSON(checksums) }
            if let fragment { line.putJSON(fragment) }
            if http.isEmpty { line.endObject() }
        }
        if !http.isEmpty {
            key("http")
            beginArray()
            for event in http { appendJSON(event) }
            endArray()
            endObject()
        }
        endLine()
        if let revisions = flow?.tcp?.revisions, !revisions.isEmpty {
            for index in revisions.indices { appendJSON(revisions[index], info, host) }
        }
        guard let fragment else { return }
        if case .discarded(let datagram) = fragment.outcome { appendJSON(datagram) }
        for datagram in fragment.abandoned { appendJSON(datagram) }
    }

    private mutating func appendJSON(_ revision: LabelRevision, _ info: FrameInfo, _ host: HostName?) {
        append(upTo: 1024) { line in
            line.beginObject()
            line.member("event", "revision")
            if let host { line.member("host", host.rawValue) }
            line.member("timestamp", info.timestamp)
            line.member("frame", revision.frame)
            line.member("label", revision.kind.rawValue)
            line.object("old") { $0.putSpurious(revision.wasSpurious) }
            line.object("new") { $0.putSpurious(revision.isSpurious) }
            line.member("reason", revision.reason.rawValue)
            line.object("evidence") { $0.member("frame", revision.evidence) }
            line.endObject()
        }
        endLine()
    }
}

extension Line {
    /// The members that say what was decoded.
    fileprivate mutating func putLayers(_ packet: DecodedPacket) {
        putLink(packet)
        putNetwork(packet)
        putTransport(packet)
        member("payload", packet.payload)
        member("payloadLength", packet.payloadLength)
        if let stop = packet.stop { putJSON(stop) }
    }

    private mutating func putNetwork(_ packet: DecodedPacket) {
        switch packet.network {
        case .none: return
        case .arp(let message): object("network") { $0.putJSON(message) }
        case .ipv4(let header): object("network") { $0.putJSON(header) }
        case .ipv6(let header): object("network") { $0.putJSON(header) }
        }
        member("networkOffset", packet.networkOffset)
        member("ipProtocol", packet.ipProtocol?.rawValue)
        if !packet.authenticationHeader.isEmpty { member("authenticationHeader", packet.authenticationHeader) }
        member("isFragment", packet.isFragment)
    }

    mutating func putTransport(_ packet: DecodedPacket) {
        switch packet.transport {
        case .none: return
        case .tcp(let header): object("transport") { $0.putJSON(header) }
        case .udp(let header): object("transport") { $0.putJSON(header) }
        case .icmp(let header): object("transport") { $0.putJSON(header, "icmp") }
        case .icmpv6(let header): object("transport") { $0.putJSON(header, "icmpv6") }
        case .prefix(let prefix): object("transport") { $0.putJSON(prefix) }
        }
        member("transportOffset", packet.transportOffset)
    }
}
