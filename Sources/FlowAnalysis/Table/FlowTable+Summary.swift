public import PacketDecode

extension FlowTable {
    /// Directions of flows whose details found no room, as often as they wanted some: their labels by kind, causes,
    /// percentiles, octets in flight over time and SACKed octets are not known, or not all of them.
    public var refusedDetailCount: UInt64 { meter.details.refusedCount }

    /// Holes between octets that were seen, or that SACK reported, which count as filled for want of room: what fell into one
    /// later counts as seen before.
    public var closedHoleCount: UInt64 {
        memory.intervals.closedHoleCount + meter.sackedIntervals.closedHoleCount
    }

    /// What was measured of a flow that is held; nil where the table has no measures.
    ///
    /// - Parameter index: 0..<`flowCount`. The order means nothing: sort by what is wanted.
    public func summary(at index: Int) -> FlowSummary? {
        guard hasMeasures, index >= 0, index < slots.count else { return nil }
        let slot = slots[index]
        let record = meter.records[index]
        let ends = slot.key.ends
        let isTCP = slot.key.protocol == .tcp
        return FlowSummary(
            flow: slot.number,
            initiator: slot.isLowEndInitiator ? ends.low : ends.high,
            responder: slot.isLowEndInitiator ? ends.high : ends.low,
            start: record.start, end: record.end, firstFrame: record.firstFrame,
            measures: isTCP ? .tcp(connectionMeasures(slot, record)) : .udp(flowMeasures(record)))
    }

    /// Who a flow is between, which costs less than a summary; nil where there is none at `index`.
    public func ends(at index: Int) -> (protocol: IPProtocol, initiator: Endpoint, responder: Endpoint)? {
        guard index >= 0, index < slots.count else { return nil }
        let key = slots[index].key
        let ends = key.ends
        return slots[index].isLowEndInitiator
            ? (key.protocol, ends.low, ends.high) : (key.protocol, ends.high, ends.low)
    }

    /// What the flows that are held and those that were evicted came to together. O(flows).
    public var totals: FlowTotals {
        var totals = evicted
        guard hasMeasures else { return totals }
        for index in 0..<slots.count {
            meter.prefetchBeyond(index)
            totals.add(meter.records[index], meter.details)
        }
        return totals
    }

    /// What flows can be sorted by without a summary of each.
    ///
    /// - Returns: a number that grows with `order`; 0 for what is not known.
    public func value(of order: FlowOrder, at index: Int) -> Int64 {
        guard hasMeasures, index >= 0, index < slots.count else { return 0 }
        if order == .start { return Int64(clamping: slots[index].number) }
        let record = meter.records[index]
        func sum(_ value: (DirectionRecord) -> UInt64) -> Int64 {
            Int64(clamping: value(record.fromInitiator) &+ value(record.fromResponder))
        }
        return switch order {
        case .start: Int64(clamping: slots[index].number)
        case .octets: sum { $0.octets }
        case .packets: sum { $0.packets }
        case .retransmissions: sum { UInt64($0.retransmittedSegments) }
        case .duration: record.start.distance(to: record.end)
        case .roundTripTime: slots[index].key.protocol == .tcp ? roundTripTime(record) ?? 0 : 0
        }
    }

    /// The greater median of the two directions; nil where there is none.
    func roundTripTime(_ record: FlowRecord) -> Int64? {
        let there = record.fromInitiator.medianSpan(meter.details)
        let back = record.fromResponder.medianSpan(meter.details)
        guard let there, let back else { return there ?? back }
        return max(there, back)
    }

    private func connectionMeasures(_ slot: FlowSlot, _ record: FlowRecord) -> TCPConnectionMeasures {
        let (initiator, responder) = (record.fromInitiator, record.fromResponder)
        return TCPConnectionMeasures(
            initiatorToResponder: tcpMeasures(
                initiator, slot.connection.initiator),
            responderToInitiator: tcpMeasures(
                responder, slot.connection.responder),
            initialRoundTripTime: record.initialRoundTripTime >= FlowRecord.never
                ? nil : ShortDuration(rawValue: record.initialRoundTripTime).nanoseconds,
            beginning: Self.beginning(initiator.events, responder.events),
            ending: Self.ending(isReset: slot.connection.isReset, initiator, responder),
            agreedOptions: Self.agreedOptions(initiator, responder))
    }

    static func beginning(
        _ initiator: DirectionRecord.Events, _ responder: DirectionRecord.Events
    ) -> TCPConnectionMeasures.Beginning {
        let hasSYN = initiator.contains(.syn)
        // A responder's SYN without ACK crossed the initiator's.
        let hasAnswer = !responder.isDisjoint(with: [.syn, .synACK])
        return hasSYN ? (hasAnswer ? .handshake : .unanswered) : hasAnswer ? .answerOnly : .notCaptured
    }

    static func ending(
        isReset: Bool, _ initiator: DirectionRecord, _ responder: DirectionRecord
    ) -> TCPConnectionMeasures.Ending {
        // `isReset` is false again where a refused SYN was tried once more.
        if isReset {
            if responder.events.contains(.rst), responder.events.isDisjoint(with: [.syn, .synACK]),
                responder.octets == 0,
                initiator.events.contains(.syn)
            {
                return .refused
            }
            // Both: the one who did not close, or did not send FIN, answered; RST answers RST never.
            if initiator.events.contains(.rst) { return .resetByInitiator }
            return .resetByResponder
        }
        return switch (initiator.events.contains(.fin), responder.events.contains(.fin)) {
        case (true, true): .closed
        case (true, false): .halfClosedByInitiator
        case (false, true): .halfClosedByResponder
        case (false, false): .open
        }
    }

    private static func agreedOptions(
        _ initiator: DirectionRecord, _ responder: DirectionRecord
    ) -> [TCPConnectionMeasures.AgreedOption] {
        let both = initiator.offers.intersection(responder.offers)
        var agreed: [TCPConnectionMeasures.AgreedOption] = []
        if both.contains(.windowScale) { agreed.append(.windowScale) }
        if both.contains(.selectiveAcknowledgment) { agreed.append(.selectiveAcknowledgment) }
        if both.contains(.timestamps) { agreed.append(.timestamps) }
        if both.contains(.explicitCongestionNotification) { agreed.append(.explicitCongestionNotification) }
        if both.contains(.fastOpen) { agreed.append(.fastOpen) }
        return agreed
    }

    private func tcpMeasures(_ record: DirectionRecord, _ side: TCPSide) -> TCPDirectionMeasures {
        var measures = TCPDirectionMeasures()
        measures.segments = record.packets
        measures.frameOctets = record.frameOctets
        measures.octets = record.octets
        let controls: Int64 = (side.hasSYN ? 1 : 0) + (side.hasFIN ? 1 : 0)
        measures.uniqueOctets = min(
            UInt64(max(0, side.seen.octetCount(in: memory.intervals) - controls)), record.octets)
        measures.retransmittedSegments = UInt64(record.retransmittedSegments)
        measures.roundTripTime = record.spanSummary(meter.details)
        measures.maximumOctetsInFlight = record.maximumOctetsInFlight
        if record.least <= record.greatest {
            measures.minimumWindow = record.least
            measures.maximumWindow = record.greatest
            measures.isWindowScaled = record.events.contains(.scaledWindow)
        }
        if record.offers.contains(.maximumSegmentSize) { measures.maximumSegmentSize = record.maximumSegmentSize }
        let time = record.lastData.nanoseconds
        measures.throughputInBitsPerSecond = Self.bitsPerSecond(record.octets, time)
        measures.goodputInBitsPerSecond = Self.bitsPerSecond(measures.uniqueOctets, time)
        measures.icmpErrors = record.icmpErrors(meter.details)
        if record.detail != 0 {
            let detail = meter.details[record.detail]
            measures.octetsInFlight = (0..<Int(detail.octetsInFlight.count)).map { detail.octetsInFlight[$0] }
            measures.octetsInFlightInterval = measures.octetsInFlight.isEmpty ? 0 : detail.octetsInFlight.interval
        }
        if let troubles = meter.details.troubles(of: record.detail) {
            measures.retransmissionCauses = troubles.causes
            measures.retransmittedOctets = troubles.causes.reduce(0) { $0 + $1.octets }
            measures.labels = troubles.labels
            measures.retransmittedUnseenSegments = troubles.segments(.retransmissionOriginalUnseen)
            measures.fragments = UInt64(troubles.fragments)
            measures.incompleteSegments = UInt64(troubles.incompleteDatagrams)
            measures.spuriousSegments = UInt64(troubles.spuriousSegments)
            measures.sackedOctets = troubles.sackedOctets
        }
        return measures
    }

    private static func bitsPerSecond(_ octets: UInt64, _ nanoseconds: Int64) -> UInt64? {
        guard nanoseconds > 0, octets > 0 else { return nil }
        return UInt64(Double(octets) * 8e9 / Double(nanoseconds))
    }

    private func flowMeasures(_ record: FlowRecord) -> UDPFlowMeasures {
        UDPFlowMeasures(
            initiatorToResponder: udpMeasures(record.fromInitiator),
            responderToInitiator: udpMeasures(record.fromResponder))
    }

    private func udpMeasures(_ record: DirectionRecord) -> UDPDirectionMeasures {
        var measures = UDPDirectionMeasures()
        measures.datagrams = record.packets
        measures.frameOctets = record.frameOctets
        measures.octets = record.octets
        if record.packets > 0 {
            measures.minimumOctets = record.least
            measures.maximumOctets = record.greatest
        }
        measures.gap = record.spanSummary(meter.details)
        measures.icmpErrors = record.icmpErrors(meter.details)
        if let troubles = meter.details.troubles(of: record.detail) {
            measures.fragments = UInt64(troubles.fragments)
            measures.incompleteDatagrams = UInt64(troubles.incompleteDatagrams)
        }
        return measures
    }
}

/// What flows can be sorted by.
public enum FlowOrder: String, Sendable, Hashable, CaseIterable {
    /// The flow's number, which is the order of first packets.
    case start
    /// Octets of data, both directions.
    case octets
    case packets
    /// Segments with the label `retransmission`, both directions.
    case retransmissions
    /// From the first packet to the latest.
    case duration
    /// The median round-trip time of the slower direction.
    case roundTripTime = "rtt"
}

extension SeenOctets {
    /// Octets that were seen, SYN and FIN included.
    func octetCount(in pool: borrowing IntervalPool) -> Int64 {
        var count = end - start
        forEachLower(in: pool) { count += $0.end - $0.start }
        return count
    }
}

extension FlowKey {
    var `protocol`: IPProtocol { IPProtocol(rawValue: UInt8(truncatingIfNeeded: rest >> 8)) }

    /// The two ends.
    var ends: (low: Endpoint, high: Endpoint) {
        let isIPv4 = rest & 0xFF == 4
        let low: IPAddress =
            isIPv4
            ? .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: lowLow)))
            : .v6(IPv6Address(high: lowHigh, low: lowLow))
        let high: IPAddress =
            isIPv4
            ? .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: highLow)))
            : .v6(IPv6Address(high: highHigh, low: highLow))
        return (
            Endpoint(address: low, port: UInt16(truncatingIfNeeded: rest >> 32)),
            Endpoint(address: high, port: UInt16(truncatingIfNeeded: rest >> 16))
        )
    }
}
