public import PacketDecode

/// What a row of a table says of a flow: the little of a `FlowSummary` that costs next to nothing to find out.
public struct FlowOutline: Sendable, BitwiseCopyable {
    /// The flow's number, as `FlowObservation.flow`.
    public let flow: UInt64
    /// TCP or UDP.
    public let `protocol`: IPProtocol
    public let initiator: Endpoint
    public let responder: Endpoint
    /// The first packet's capture.
    public let start: Timestamp
    /// Nanoseconds from the first packet to the latest.
    public let duration: Int64
    /// Segments or datagrams.
    public let packetsFromInitiator: UInt64
    public let packetsFromResponder: UInt64
    /// Octets of data: of TCP with what was sent again.
    public let octetsFromInitiator: UInt64
    public let octetsFromResponder: UInt64
    /// Segments with the label `retransmission`, of both directions.
    public let retransmittedSegments: UInt64
    /// Segments with the label `retransmissionOriginalUnseen`, of both directions.
    public let retransmittedUnseenSegments: UInt64
    /// The median round-trip time of TCP, of the slower direction; nil where none is known.
    public let roundTripTime: Int64?
    /// TCP's; `notCaptured` and `open` with UDP.
    public let beginning: TCPConnectionMeasures.Beginning
    public let ending: TCPConnectionMeasures.Ending
    /// ICMP errors that answered a packet of either direction.
    public let icmpErrors: UInt64
    /// IP fragments of both directions.
    public let fragments: UInt64
    /// Fragmented datagrams, or segments, that never came together.
    public let incompleteDatagrams: UInt64
}

extension FlowTable {
    /// The outline of a flow that is held; nil where the table has no measures.
    ///
    /// - Parameter index: 0..<`flowCount`, as for `summary(at:)`.
    public func outline(at index: Int) -> FlowOutline? {
        guard hasMeasures, index >= 0, index < slots.count else { return nil }
        meter.prefetchBeyond(index)
        let record = meter.records[index]
        let key = slots[index].key
        let isTCP = key.protocol == .tcp
        let ends = key.ends
        let isLowEndInitiator = slots[index].isLowEndInitiator
        let (initiator, responder) = (record.fromInitiator, record.fromResponder)
        return FlowOutline(
            flow: slots[index].number, protocol: key.protocol,
            initiator: isLowEndInitiator ? ends.low : ends.high,
            responder: isLowEndInitiator ? ends.high : ends.low,
            start: record.start, duration: record.start.distance(to: record.end),
            packetsFromInitiator: initiator.packets, packetsFromResponder: responder.packets,
            octetsFromInitiator: initiator.octets, octetsFromResponder: responder.octets,
            retransmittedSegments: UInt64(initiator.retransmittedSegments) + UInt64(responder.retransmittedSegments),
            retransmittedUnseenSegments: initiator.retransmittedUnseenSegments(meter.details)
                + responder.retransmittedUnseenSegments(meter.details),
            roundTripTime: isTCP ? roundTripTime(record) : nil,
            beginning: isTCP ? Self.beginning(initiator.events, responder.events) : .notCaptured,
            ending: isTCP
                ? Self.ending(isReset: slots[index].connection.isReset, initiator, responder) : .open,
            icmpErrors: initiator.icmpErrors(meter.details) + responder.icmpErrors(meter.details),
            fragments: initiator.fragments(meter.details) + responder.fragments(meter.details),
            incompleteDatagrams: initiator.incompleteDatagrams(meter.details)
                + responder.incompleteDatagrams(meter.details))
    }
}

extension FlowOutline {
    /// The outline of a flow that was summed up.
    public init(_ summary: FlowSummary) {
        flow = summary.flow
        `protocol` = summary.protocol
        initiator = summary.initiator
        responder = summary.responder
        start = summary.start
        duration = summary.duration
        switch summary.measures {
        case .tcp(let measures):
            let (there, back) = (measures.initiatorToResponder, measures.responderToInitiator)
            (packetsFromInitiator, packetsFromResponder) = (there.segments, back.segments)
            (octetsFromInitiator, octetsFromResponder) = (there.octets, back.octets)
            retransmittedSegments = there.retransmittedSegments &+ back.retransmittedSegments
            retransmittedUnseenSegments = there.retransmittedUnseenSegments &+ back.retransmittedUnseenSegments
            roundTripTime = [there, back].compactMap { $0.roundTripTime?.median }.max()
            beginning = measures.beginning
            ending = measures.ending
            icmpErrors = there.icmpErrors &+ back.icmpErrors
            fragments = there.fragments &+ back.fragments
            incompleteDatagrams = there.incompleteSegments &+ back.incompleteSegments
        case .udp(let measures):
            let (there, back) = (measures.initiatorToResponder, measures.responderToInitiator)
            (packetsFromInitiator, packetsFromResponder) = (there.datagrams, back.datagrams)
            (octetsFromInitiator, octetsFromResponder) = (there.octets, back.octets)
            retransmittedSegments = 0
            retransmittedUnseenSegments = 0
            roundTripTime = nil
            beginning = .notCaptured
            ending = .open
            icmpErrors = there.icmpErrors &+ back.icmpErrors
            fragments = there.fragments &+ back.fragments
            incompleteDatagrams = there.incompleteDatagrams &+ back.incompleteDatagrams
        }
    }
}

extension DirectionRecord {
    /// Segments with the label `retransmissionOriginalUnseen`.
    func retransmittedUnseenSegments(_ details: borrowing DetailPool) -> UInt64 {
        details.troubles(of: detail)?.segments(.retransmissionOriginalUnseen) ?? 0
    }

    /// IP fragments.
    func fragments(_ details: borrowing DetailPool) -> UInt64 {
        UInt64(details.troubles(of: detail)?.fragments ?? 0)
    }

    /// Fragmented datagrams that never came together.
    func incompleteDatagrams(_ details: borrowing DetailPool) -> UInt64 {
        UInt64(details.troubles(of: detail)?.incompleteDatagrams ?? 0)
    }
}
