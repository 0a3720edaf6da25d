public import FlowAnalysis
internal import PacketDecode

extension OutputBuffer {
    /// Bytes that the longest flow takes as JSON, with room to spare.
    private static let flowJSONCapacity = 16384

    /// Appends a flow as the event `flow`, on a line of its own. Names are those of the Swift properties; times that are
    /// spans are nanoseconds.
    public mutating func appendJSON(_ flow: FlowSummary) {
        append(upTo: Self.flowJSONCapacity) { line in
            line.beginObject()
            line.member("event", "flow")
            line.member("flow", flow.flow)
            line.member("protocol", flow.protocol == .tcp ? "tcp" : "udp")
            line.key("initiator")
            line.value { $0.put(flow.initiator) }
            line.key("responder")
            line.value { $0.put(flow.responder) }
            line.member("start", flow.start)
            line.member("end", flow.end)
            line.member("duration", flow.duration)
            line.member("firstFrame", flow.firstFrame)
            switch flow.measures {
            case .tcp(let measures): line.putJSON(measures)
            case .udp(let measures):
                line.object("initiatorToResponder") { $0.putJSON(measures.initiatorToResponder) }
                line.object("responderToInitiator") { $0.putJSON(measures.responderToInitiator) }
            }
            line.endObject()
        }
        endLine()
    }

    /// Appends what all flows came to as the event `summary`.
    ///
    /// - Parameters:
    ///   - evicted: flows that made room for others, among these.
    ///   - refusedDetails: how often a flow's details found no room.
    ///   - closedHoles: holes that count as filled for want of room.
    public mutating func appendJSON(
        _ totals: FlowTotals, shown: UInt64, evicted: FlowTotals, refusedDetails: UInt64, closedHoles: UInt64,
        frames: PacketTotals
    ) {
        append(upTo: 2048) { line in
            line.beginObject()
            line.member("event", "summary")
            line.member("frameCount", frames.frameCount)
            line.member("decodedCount", frames.decodedCount)
            line.member("stoppedCount", frames.stoppedCount)
            line.member("cutCount", frames.cutCount)
            line.member("flows", totals.flows)
            line.member("shownFlows", shown)
            line.member("packets", totals.packets)
            line.member("frameOctets", totals.frameOctets)
            line.member("octets", totals.octets)
            line.member("retransmittedSegments", totals.retransmittedSegments)
            line.member("retransmittedUnseenSegments", totals.retransmittedUnseenSegments)
            line.member("evictedFlows", evicted.flows)
            line.member("evictedPackets", evicted.packets)
            line.member("refusedDetails", refusedDetails)
            if closedHoles > 0 { line.member("closedHoles", closedHoles) }
            if frames.fragments.fragments > 0 { line.putJSON(frames.fragments) }
            line.endObject()
        }
        endLine()
    }
}

extension Line {
    fileprivate mutating func putJSON(_ measures: TCPConnectionMeasures) {
        member("beginning", measures.beginning.rawValue)
        member("ending", measures.ending.rawValue)
        member("initialRoundTripTime", measures.initialRoundTripTime)
        key("agreedOptions")
        beginArray()
        for option in measures.agreedOptions { value(option.rawValue) }
        endArray()
        object("initiatorToResponder") { $0.putJSON(measures.initiatorToResponder) }
        object("responderToInitiator") { $0.putJSON(measures.responderToInitiator) }
    }

    fileprivate mutating func putJSON(_ measures: TCPDirectionMeasures) {
        member("segments", measures.segments)
        member("frameOctets", measures.frameOctets)
        member("octets", measures.octets)
        member("uniqueOctets", measures.uniqueOctets)
        member("retransmittedSegments", measures.retransmittedSegments)
        member("retransmittedUnseenSegments", measures.retransmittedUnseenSegments)
        member("spuriousSegments", measures.spuriousSegments)
        member("retransmittedOctets", measures.retransmittedOctets)
        key("retransmissionCauses")
        beginArray()
        for cause in measures.retransmissionCauses {
            beginObject()
            member("cause", cause.cause.rawValue)
            member("segments", cause.segments)
            member("octets", cause.octets)
            endObject()
        }
        endArray()
        key("labels")
        beginArray()
        for label in measures.labels {
            beginObject()
            member("label", label.label.rawValue)
            member("segments", label.segments)
            endObject()
        }
        endArray()
        if let span = measures.roundTripTime { object("roundTripTime") { $0.putJSON(span) } }
        member("maximumOctetsInFlight", measures.maximumOctetsInFlight)
        if !measures.octetsInFlight.isEmpty {
            member("octetsInFlightInterval", measures.octetsInFlightInterval)
            key("octetsInFlight")
            beginArray()
            for octets in measures.octetsInFlight { element(octets) }
            endArray()
        }
        if let minimum = measures.minimumWindow, let maximum = measures.maximumWindow {
            member("minimumWindow", minimum)
            member("maximumWindow", maximum)
            member("isWindowScaled", measures.isWindowScaled)
        }
        member("sackedOctets", measures.sackedOctets)
        member("maximumSegmentSize", measures.maximumSegmentSize)
        member("throughputInBitsPerSecond", measures.throughputInBitsPerSecond)
        member("goodputInBitsPerSecond", measures.goodputInBitsPerSecond)
        member("fragments", measures.fragments)
        member("incompleteSegments", measures.incompleteSegments)
        member("icmpErrors", measures.icmpErrors)
    }

    fileprivate mutating func putJSON(_ measures: UDPDirectionMeasures) {
        member("datagrams", measures.datagrams)
        member("frameOctets", measures.frameOctets)
        member("octets", measures.octets)
        member("minimumOctets", measures.minimumOctets)
        member("maximumOctets", measures.maximumOctets)
        if let gap = measures.gap { object("gap") { $0.putJSON(gap) } }
        member("fragments", measures.fragments)
        member("incompleteDatagrams", measures.incompleteDatagrams)
        member("icmpErrors", measures.icmpErrors)
    }

    private mutating func putJSON(_ span: DurationSummary) {
        member("count", span.count)
        member("minimum", span.minimum)
        member("median", span.median)
        member("percentile95", span.percentile95)
        member("maximum", span.maximum)
    }
}
