import PacketDecode

// Off the path of packets that are whole.
extension FlowTable {
    /// What became of fragments and fragmented datagrams so far.
    public var fragmentCounts: FragmentAssembler.Counts { fragments.counts }

    /// Gives up the datagrams that are incomplete, oldest first: the capture has ended.
    public mutating func finish() -> [AbandonedDatagram] {
        var abandoned = fragments.finish()
        for index in abandoned.indices { attribute(&abandoned[index]) }
        return abandoned
    }

    /// Takes a fragment, and the whole packet where that is the last one missing. Says whether it was of a flow.
    ///
    /// A flow begins with the first fragment that names it; the datagram counts when it is whole.
    @inline(never)
    mutating func observeFragment(
        _ packet: DecodedPacket, _ info: FrameInfo, _ bytes: Span<UInt8>, into observation: inout FlowObservation
    ) -> Bool {
        latestFragment = nil
        guard var fragment = fragments.observe(packet, info, bytes) else { return false }
        let isOfFlow: Bool
        if case .complete(let datagram) = fragment.outcome {
            isOfFlow = observe(datagram, info, into: &observation)
        } else {
            isOfFlow = name(packet, info, into: &observation)
        }
        for index in fragment.abandoned.indices { attribute(&fragment.abandoned[index]) }
        if case .discarded(var datagram) = fragment.outcome {
            attribute(&datagram)
            fragment.outcome = .discarded(datagram)
        }
        latestFragment = fragment
        return isOfFlow
    }

    private mutating func observe(
        _ datagram: ReassembledDatagram, _ info: FrameInfo, into observation: inout FlowObservation
    ) -> Bool {
        let whole = datagram.decode()
        // The frame that completes it stands for all of them, with their octets.
        let info = FrameInfo(
            number: info.number, timestamp: info.timestamp, capturedLength: info.capturedLength,
            originalLength: Int(clamping: datagram.frameOctets))
        guard observe(whole, info, datagram.octets.span, into: &observation) else { return false }
        if hasMeasures, let (place, direction) = knownFlow(of: whole) {
            meter.countFragments(place, datagram.frames.count, direction)
        }
        return true
    }

    /// Says which flow a fragment with ports belongs to, which it may begin.
    private mutating func name(
        _ packet: DecodedPacket, _ info: FrameInfo, into observation: inout FlowObservation
    ) -> Bool {
        let isSYNACK = packet.tcp.map { $0.flags.isSuperset(of: [.syn, .ack]) } ?? false
        guard let (key, isFromLowEnd) = Self.key(of: packet) else { return false }
        let (place, isFirst) = place(of: key, isLowEndInitiator: isFromLowEnd != isSYNACK, info)
        observation.flow = slots[place].number
        observation.direction = slots[place].isLowEndInitiator == isFromLowEnd ? .fromInitiator : .fromResponder
        observation.isFirst = isFirst
        observation.isTCP = key.protocol == .tcp
        observation.isIncomplete = true
        return true
    }

    /// Counts a datagram that never came together for its flow, where its first fragment named one.
    private mutating func attribute(_ datagram: inout AbandonedDatagram) {
        guard !datagram.octets.isEmpty, let (place, direction) = knownFlow(of: datagram.decode()) else { return }
        datagram.flow = slots[place].number
        datagram.direction = direction
        if hasMeasures { meter.countIncomplete(place, datagram, direction) }
    }

    private func knownFlow(of packet: DecodedPacket) -> (place: Int, direction: FlowDirection)? {
        guard let (key, isFromLowEnd) = Self.key(of: packet), let place = knownPlace(of: key) else { return nil }
        return (place, slots[place].isLowEndInitiator == isFromLowEnd ? .fromInitiator : .fromResponder)
    }

    private static func key(of packet: DecodedPacket) -> (key: FlowKey, isFromLowEnd: Bool)? {
        let upperLayer: IPProtocol
        switch packet.transport {
        case .tcp(let header) where header.headerLength >= TCPHeader.minimumLength: upperLayer = .tcp
        case .udp: upperLayer = .udp
        default: return nil
        }
        return packet.ports.flatMap {
            FlowKey.make(packet.network, upperLayer, source: $0.source, destination: $0.destination)
        }
    }
}
