import PacketDecode

/// The measures of a table's flows: a record beside each slot, at the same place.
///
/// A packet of a known flow allocates nothing, but for a detail the first time that a direction needs one. Memory: 200
/// octets a flow, and at most `details.capacity` details of 1.5 KiB.
struct FlowMeter {
    var records = ChunkedArray<FlowRecord>()
    var details: DetailPool
    /// The octets that SACK reported, of all directions that were lost from.
    private var sackedIntervals: IntervalPool

    init(detailCapacity: Int, intervalCapacity: Int) {
        details = DetailPool(capacity: detailCapacity)
        sackedIntervals = IntervalPool(capacity: intervalCapacity)
    }

    /// Begins the record of a flow that takes `place`, which is the next one or one that was in use before.
    mutating func begin(_ place: Int, _ info: FrameInfo) {
        if place < records.count { records[place] = FlowRecord(info) } else { records.append(FlowRecord(info)) }
    }

    /// Gives back what the flow at `place` holds besides its record.
    mutating func giveBack(_ place: Int) {
        for direction in [FlowDirection.fromInitiator, .fromResponder] {
            let name = records[place][direction].detail
            guard name != 0 else { continue }
            details[name].sacked.removeAll(in: &sackedIntervals, from: 0)
            details.giveBack(name)
            records[place][direction].detail = 0
        }
    }

    // MARK: TCP

    /// Data segments of a direction, from which on its octets in flight are kept over time.
    private static let packetsBeforeSeries = 16

    /// Measures a segment.
    ///
    /// - Parameters:
    ///   - segment: what the connection said of it.
    ///   - connection: the connection, which has taken the segment already.
    mutating func observe(
        _ place: Int, _ header: TCPHeader, _ packet: DecodedPacket, _ info: FrameInfo, _ direction: FlowDirection,
        _ segment: SegmentObservation, _ connection: TCPConnection
    ) {
        Self.observe(
            header, packet, info, direction, segment, connection, &records[place], &details, &sackedIntervals)
    }

    @inline(__always)
    private static func observe(
        _ header: TCPHeader, _ packet: DecodedPacket, _ info: FrameInfo, _ direction: FlowDirection,
        _ segment: SegmentObservation, _ connection: TCPConnection, _ record: inout FlowRecord,
        _ details: inout DetailPool, _ sackedIntervals: inout IntervalPool
    ) {
        let age = record.age(at: info.timestamp)
        if info.timestamp > record.end { record.end = info.timestamp }
        if direction == .fromInitiator {
            measure(
                header, packet, info, age, segment, connection.initiator, from: &record.fromInitiator,
                to: &record.fromResponder, &details, &sackedIntervals)
        } else {
            measure(
                header, packet, info, age, segment, connection.responder, from: &record.fromResponder,
                to: &record.fromInitiator, &details, &sackedIntervals)
        }
        if record.initialRoundTripTime == FlowRecord.notYet, record.fromResponder.events.contains(.synACK) {
            noteHandshake(header, direction, age, &record)
        }
    }

    @inline(__always)
    private static func measure(
        _ header: TCPHeader, _ packet: DecodedPacket, _ info: FrameInfo, _ age: Int64, _ segment: SegmentObservation,
        _ side: TCPSide, from sender: inout DirectionRecord, to receiver: inout DirectionRecord,
        _ details: inout DetailPool, _ sackedIntervals: inout IntervalPool
    ) {
        sender.packets &+= 1
        sender.frameOctets &+= UInt64(info.originalLength)
        if !header.flags.isDisjoint(with: [.syn, .fin, .rst]) { noteControls(header, &sender) }
        if !segment.labels.isEmpty { count(segment.labels, &sender, &details) }
        if packet.isFragment { countFragment(&sender, &details) }
        guard !header.flags.contains(.rst) else { return }
        if !header.flags.contains(.syn) { noteWindow(header, segment, &sender) }
        sender.octets &+= UInt64(packet.payloadLength)
        if segment.sequenceLength > 0 {
            if packet.payloadLength > 0 { sender.lastData = ShortDuration(nanoseconds: age) }
            noteSending(header, info, age, segment, side, &sender, &details)
        }
        guard segment.hasAcknowledgment else { return }
        if receiver.events.contains(.isTiming) {
            endTiming(header, info, segment.acknowledgment, &receiver, &details)
        }
        if !header.options.sackBlocks.isEmpty {
            noteSACK(header.options.sackBlocks, segment, &receiver, &details, &sackedIntervals)
        }
    }

    @inline(never)
    private static func noteControls(_ header: TCPHeader, _ sender: inout DirectionRecord) {
        if header.flags.contains(.rst) { sender.events.insert(.rst) }
        if header.flags.contains(.fin) { sender.events.insert(.fin) }
        guard header.flags.contains(.syn), !header.flags.contains(.rst) else { return }
        let isAnswer = header.flags.contains(.ack)
        // The refused SYN, tried again: what its RST said is over.
        sender.events.insert(isAnswer ? .synACK : .syn)
        var offers = sender.offers.intersection(.fastOpen)
        if let size = header.options.maximumSegmentSize {
            offers.insert(.maximumSegmentSize)
            sender.maximumSegmentSize = size
        }
        if header.options.windowScale != nil { offers.insert(.windowScale) }
        if header.options.isSACKPermitted { offers.insert(.selectiveAcknowledgment) }
        if header.options.timestamps != nil { offers.insert(.timestamps) }
        // RFC 3168 §6.1.1: ECE and CWR in a SYN offer, ECE alone in its answer accepts.
        let notification = header.flags.intersection([.ece, .cwr])
        if notification == (isAnswer ? .ece : [.ece, .cwr]) { offers.insert(.explicitCongestionNotification) }
        sender.offers = offers
    }

    @inline(never)
    private static func count(
        _ labels: BoundedArray<4, SegmentLabel>, _ sender: inout DirectionRecord, _ details: inout DetailPool
    ) {
        let hasDetail = sender.takeDetail(&details)
        for index in labels.indices {
            if labels[index].kind == .retransmission { sender.retransmittedSegments &+= 1 }
            if hasDetail { details[sender.detail].count(labels[index]) }
        }
    }

    @inline(__always)
    private static func noteWindow(
        _ header: TCPHeader, _ segment: SegmentObservation, _ sender: inout DirectionRecord
    ) {
        let window: UInt32
        if segment.hasScaledWindow {
            window = segment.window
            if !sender.events.contains(.scaledWindow) {
                sender.events.insert(.scaledWindow)
                sender.least = .max
                sender.greatest = 0
            }
        } else {
            window = UInt32(header.window)
        }
        if window < sender.least { sender.least = window }
        if window > sender.greatest { sender.greatest = window }
    }

    // MARK: Sendings

    @inline(__always)
    private static func noteSending(
        _ header: TCPHeader, _ info: FrameInfo, _ age: Int64, _ segment: SegmentObservation, _ side: TCPSide,
        _ sender: inout DirectionRecord, _ details: inout DetailPool
    ) {
        let isNewest = segment.relativeSequenceEnd == side.next
        if sender.events.contains(.isTiming) {
            // What is not the newest was sent again, or overtaken: the timed octets may wait for it.
            if !isNewest || !segment.labels.isEmpty && isRetransmission(segment.labels) {
                restartTiming(header, info, &sender)
            }
        } else if isNewest, !side.knows(.acknowledged) || segment.relativeSequenceEnd > side.acknowledged,
            segment.labels.isEmpty || !isRetransmission(segment.labels)
        {
            sender.mark = info.timestamp
            sender.timedEnd = UInt32(truncatingIfNeeded: segment.relativeSequenceEnd)
            sender.timedValue = header.options.timestamps?.value ?? 0
            sender.events.insert(.isTiming)
        }
        guard isNewest, side.knows(.acknowledged), side.next > side.acknowledged else { return }
        let inFlight = UInt32(clamping: side.next - side.acknowledged)
        if inFlight > sender.maximumOctetsInFlight { sender.maximumOctetsInFlight = inFlight }
        if sender.packets >= packetsBeforeSeries, sender.takeDetail(&details) {
            details[sender.detail].octetsInFlight.note(inFlight, at: age)
        }
    }

    private static func isRetransmission(_ labels: BoundedArray<4, SegmentLabel>) -> Bool {
        for index in labels.indices where labels[index].kind == .retransmission { return true }
        return false
    }

    /// Octets were sent again while a segment was timed: by Karn's rule (RFC 6298 §3) its acknowledgment tells nothing,
    /// unless its timestamp says which sending it answers (RFC 7323 §4).
    @inline(never)
    private static func restartTiming(_ header: TCPHeader, _ info: FrameInfo, _ sender: inout DirectionRecord) {
        sender.events.remove([.isTiming, .needsEcho])
        guard let value = header.options.timestamps?.value, value != sender.timedValue else { return }
        sender.mark = info.timestamp
        sender.timedValue = value
        sender.events.insert([.isTiming, .needsEcho])
    }

    @inline(__always)
    private static func endTiming(
        _ header: TCPHeader, _ info: FrameInfo, _ acknowledgment: Int64, _ receiver: inout DirectionRecord,
        _ details: inout DetailPool
    ) {
        let beyond = Int32(bitPattern: UInt32(truncatingIfNeeded: acknowledgment) &- receiver.timedEnd)
        guard beyond >= 0 else { return }
        let needsEcho = receiver.events.contains(.needsEcho)
        receiver.events.remove([.isTiming, .needsEcho])
        if needsEcho, header.options.timestamps?.echoReply != receiver.timedValue { return }
        let span = receiver.mark.distance(to: info.timestamp)
        if span >= 0 { receiver.add(span, &details) }
    }

    // MARK: Off the common path

    @inline(never)
    private static func noteSACK(
        _ blocks: BoundedArray<4, SACKBlock>, _ segment: SegmentObservation, _ receiver: inout DirectionRecord,
        _ details: inout DetailPool, _ intervals: inout IntervalPool
    ) {
        guard receiver.takeDetail(&details) else { return }
        for index in blocks.indices {
            guard let (left, right) = segment.relativeEdges(of: blocks[index]) else { return }
            // A block below the acknowledgment is a D-SACK (RFC 2883 §4): no news of what arrived.
            guard left < right, right > segment.acknowledgment else { continue }
            let before = details[receiver.detail].sacked.repetition(of: left, right, in: intervals)?.count ?? 0
            details[receiver.detail].sackedOctets &+= UInt64(right - left - before)
            details[receiver.detail].sacked.insert(left, right, in: &intervals)
        }
    }

    /// Looks at what follows the SYN ACK, and at it.
    @inline(never)
    private static func noteHandshake(
        _ header: TCPHeader, _ direction: FlowDirection, _ age: Int64, _ record: inout FlowRecord
    ) {
        // What was sent twice tells no time, and what began before the capture none either.
        guard record.fromInitiator.events.contains(.syn), record.fromInitiator.retransmittedSegments == 0,
            record.fromResponder.retransmittedSegments == 0
        else {
            record.initialRoundTripTime = FlowRecord.never
            return
        }
        guard direction == .fromInitiator, header.flags.contains(.ack), header.flags.isDisjoint(with: [.syn, .rst])
        else { return }
        record.initialRoundTripTime = ShortDuration(nanoseconds: age).rawValue
    }

    // MARK: UDP

    /// Measures a datagram, or the first fragment of one.
    mutating func observe(
        _ place: Int, _ header: UDPHeader, _ packet: DecodedPacket, _ info: FrameInfo, _ direction: FlowDirection
    ) {
        let age = records[place].age(at: info.timestamp)
        if info.timestamp > records[place].end { records[place].end = info.timestamp }
        let octets =
            packet.isFragment && header.length >= 8 ? UInt32(header.length) - 8 : packet.payloadLength
        Self.measure(octets, packet.isFragment, info, age, &records[place][direction], &details)
    }

    @inline(__always)
    private static func measure(
        _ octets: UInt32, _ isFragment: Bool, _ info: FrameInfo, _ age: Int64, _ sender: inout DirectionRecord,
        _ details: inout DetailPool
    ) {
        if sender.packets > 0 { sender.add(max(0, sender.mark.distance(to: info.timestamp)), &details) }
        sender.mark = info.timestamp
        sender.packets &+= 1
        sender.frameOctets &+= UInt64(info.originalLength)
        sender.octets &+= UInt64(octets)
        sender.lastData = ShortDuration(nanoseconds: age)
        if octets < sender.least { sender.least = octets }
        if octets > sender.greatest { sender.greatest = octets }
        if isFragment { countFragment(&sender, &details) }
    }

    // MARK: What names a flow and is not of it

    /// Counts a later fragment of a packet whose first one named the flow.
    mutating func observeFragment(_ place: Int, _ info: FrameInfo, _ direction: FlowDirection) {
        if info.timestamp > records[place].end { records[place].end = info.timestamp }
        records[place][direction].frameOctets &+= UInt64(info.originalLength)
        Self.countFragment(&records[place][direction], &details)
    }

    @inline(never)
    private static func countFragment(_ sender: inout DirectionRecord, _ details: inout DetailPool) {
        if sender.takeDetail(&details) { details[sender.detail].fragments &+= 1 }
    }

    /// Counts an ICMP error that answers a packet from `direction`.
    mutating func observeError(_ place: Int, answering direction: FlowDirection) {
        switch direction {
        case .fromInitiator: records[place].errorsToInitiator &+= 1
        case .fromResponder: records[place].errorsToResponder &+= 1
        }
    }

    /// Notes that a SYN from `direction` has the fast open option.
    mutating func noteFastOpen(_ place: Int, _ direction: FlowDirection) {
        records[place][direction].offers.insert(.fastOpen)
    }
}
