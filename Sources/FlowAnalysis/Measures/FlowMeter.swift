import PacketDecode

/// The measures of a table's flows: a record beside each slot, at the same place.
///
/// A packet of a known flow allocates nothing, but for a detail the first time that a direction needs one. Memory: 192
/// octets a flow, and at most 65,535 details of 1.6 KB, two thirds of which are for those with many durations.
struct FlowMeter: ~Copyable {
    var records: SteadyArray<FlowRecord>
    var details: DetailPool
    /// The octets that SACK reported, of all directions that were lost from.
    private(set) var sackedIntervals: IntervalPool

    /// - Parameter capacity: the most flows.
    init(capacity: Int, detailCapacity: Int, intervalCapacity: Int) {
        records = SteadyArray(capacity: capacity)
        details = DetailPool(capacity: detailCapacity)
        sackedIntervals = IntervalPool(capacity: intervalCapacity)
    }

    /// Begins the record of a flow that takes `place`, which is the next one or one that was in use before.
    mutating func begin(_ place: Int, _ info: FrameInfo) {
        if place < records.count {
            records[place] = FlowRecord(info)
        } else {
            records.append(FlowRecord(info))
        }
    }

    /// Has the processor fetch a record.
    @inline(__always)
    func prefetch(_ place: Int) { records.prefetch(place, lines: MemoryLayout<FlowRecord>.stride / 64) }

    /// Has the processor fetch what records behind one, which are going to be read in their order, name.
    @inline(__always)
    func prefetchBeyond(_ place: Int) {
        if place + 8 < records.count { prefetchDetails(place + 8) }
        if place + 4 < records.count {
            details.prefetchTroubles(records[place + 4].fromInitiator.detail)
            details.prefetchTroubles(records[place + 4].fromResponder.detail)
        }
    }

    /// Has the processor fetch the details of a record.
    @inline(__always)
    func prefetchDetails(_ place: Int) {
        let (there, back) = (records[place].fromInitiator.detail, records[place].fromResponder.detail)
        if there != 0 { details.prefetch(there) }
        if back != 0 { details.prefetch(back) }
    }

    /// Gives back what the flow at `place` holds besides its record.
    mutating func giveBack(_ place: Int) {
        for direction in [FlowDirection.fromInitiator, .fromResponder] {
            let name = records[place][direction].detail
            guard name != 0 else { continue }
            if details.troubles(of: name) != nil {
                details[troublesOf: name].sacked.removeAll(in: &sackedIntervals, from: 0)
            }
            records[place][direction].giveBackDetail(&details)
        }
    }

    // MARK: TCP

    /// Data segments of a direction, from which on its octets in flight are kept over time.
    private static let packetsBeforeSeries = 16

    /// Measures a segment.
    ///
    /// - Parameter side: the sender's side of the connection, which has taken the segment already.
    @inline(__always)
    mutating func observe(
        _ place: Int, _ header: borrowing TCPHeader, _ segment: MeasuredSegment, _ direction: FlowDirection,
        _ observation: inout SegmentObservation
    ) {
        let isHandshake = observe(place, segment, direction)
        if segment.isOrdinary, !isHandshake { return }
        observeRest(place, header, segment, direction, &observation)
    }

    /// Measures a segment that was prepared, and of which there was something to be said.
    @inline(never)
    mutating func observePrepared(
        _ place: Int, _ flags: TCPFlags, _ segment: MeasuredSegment, _ direction: FlowDirection,
        _ observation: inout SegmentObservation
    ) {
        let isHandshake = observe(place, segment, direction)
        if segment.isOrdinary, !isHandshake { return }
        Self.noteEnds(flags, &records[place][direction])
        if segment.hasLabels { Self.count(&observation, &records[place][direction], &details) }
        if observation.revisions.count > 0 { count(observation.revisions, place, direction) }
        noteHandshake(place, flags, segment, direction)
    }

    /// What few segments are measured by.
    @inline(never)
    private mutating func observeRest(
        _ place: Int, _ header: borrowing TCPHeader, _ segment: MeasuredSegment, _ direction: FlowDirection,
        _ observation: inout SegmentObservation
    ) {
        let flags = header.flags
        if !flags.isDisjoint(with: [.syn, .fin, .rst]) {
            Self.noteControls(header, &records[place][direction])
        }
        if segment.hasLabels { Self.count(&observation, &records[place][direction], &details) }
        if observation.revisions.count > 0 { count(observation.revisions, place, direction) }
        if segment.hasSACK, segment.hasAcknowledgment, !segment.isReset {
            noteSACK(place, header, &observation, direction.reversed)
        }
        if segment.isFragment { Self.count(fragments: 1, &records[place][direction], &details) }
        noteHandshake(place, header.flags, segment, direction)
    }

    private mutating func noteHandshake(
        _ place: Int, _ flags: TCPFlags, _ segment: MeasuredSegment, _ direction: FlowDirection
    ) {
        if records[place].initialRoundTripTime == FlowRecord.notYet,
            records[place].fromResponder.events.contains(.synACK)
        {
            Self.noteHandshake(flags, direction, records[place].age(at: segment.timestamp), &records[place])
        }
    }

    /// Takes a segment that is like most into its connection, and measures it: one that has nothing but octets and an
    /// acknowledgment. False, and nothing is changed, where it is not such a one.
    @inline(__always)
    mutating func observeOrdinary(
        _ place: Int, _ packets: Span<PreparedPacket>, _ position: Int, _ direction: FlowDirection,
        _ connection: inout TCPConnection, _ log: inout SendingLog
    ) -> Bool {
        Self.observeOrdinary(packets, position, direction, &connection, &log, &records[place], &details)
    }

    @inline(__always)
    private static func observeOrdinary(
        _ packets: Span<PreparedPacket>, _ position: Int, _ direction: FlowDirection,
        _ connection: inout TCPConnection, _ log: inout SendingLog, _ record: inout FlowRecord,
        _ details: inout DetailPool
    ) -> Bool {
        let time = packets[position].info.timestamp
        let age = record.age(at: time)
        let isOrdinary =
            direction == .fromInitiator
            ? observeOrdinary(
                packets, position, age, sender: &connection.initiator, receiver: &connection.responder, &log,
                from: &record.fromInitiator, to: &record.fromResponder, &details)
            : observeOrdinary(
                packets, position, age, sender: &connection.responder, receiver: &connection.initiator, &log,
                from: &record.fromResponder, to: &record.fromInitiator, &details)
        guard isOrdinary else { return false }
        if time > record.end { record.end = time }
        if record.initialRoundTripTime == FlowRecord.notYet, record.fromResponder.events.contains(.synACK) {
            noteHandshake(.ack, direction, age, &record)
        }
        return true
    }

    // One function for connection and measures. The packet is read where it is, and not copied.
    @inline(never)
    private static func observeOrdinary(
        _ packets: Span<PreparedPacket>, _ position: Int, _ age: Int64, sender: inout TCPSide,
        receiver: inout TCPSide, _ log: inout SendingLog, from senderRecord: inout DirectionRecord,
        to receiverRecord: inout DirectionRecord, _ details: inout DetailPool
    ) -> Bool {
        var segment = OrdinarySegment()
        guard
            TCPConnection.observeOrdinary(
                packets[position], sender: &sender, receiver: &receiver, log: &log, into: &segment)
        else { return false }
        measureOrdinary(
            MeasuredSegment(packets[position], segment), age, from: &senderRecord, to: &receiverRecord, &details)
        return true
    }

    /// What `measure` does, of a segment that has neither SYN nor RST.
    @inline(__always)
    private static func measureOrdinary(
        _ segment: MeasuredSegment, _ age: Int64, from sender: inout DirectionRecord,
        to receiver: inout DirectionRecord, _ details: inout DetailPool
    ) {
        sender.packets &+= 1
        sender.frameOctets &+= UInt64(segment.frameLength)
        noteWindow(segment, &sender)
        sender.octets &+= UInt64(segment.dataLength)
        if segment.dataLength > 0 {
            sender.lastData = ShortDuration(nanoseconds: age)
            noteSending(segment, age, &sender, &details)
        }
        if receiver.events.contains(.isTiming) { endTiming(segment, &receiver, &details) }
    }

    /// What every segment is measured by. Returns whether the handshake's end was not seen so far.
    @inline(never)
    private mutating func observe(_ place: Int, _ segment: MeasuredSegment, _ direction: FlowDirection) -> Bool {
        Self.observe(segment, direction, &records[place], &details)
    }

    @inline(__always)
    private static func observe(
        _ segment: MeasuredSegment, _ direction: FlowDirection, _ record: inout FlowRecord, _ details: inout DetailPool
    ) -> Bool {
        let age = record.age(at: segment.timestamp)
        if segment.timestamp > record.end { record.end = segment.timestamp }
        if direction == .fromInitiator {
            measure(segment, age, from: &record.fromInitiator, to: &record.fromResponder, &details)
        } else {
            measure(segment, age, from: &record.fromResponder, to: &record.fromInitiator, &details)
        }
        return record.initialRoundTripTime == FlowRecord.notYet
    }

    @inline(__always)
    private static func measure(
        _ segment: MeasuredSegment, _ age: Int64, from sender: inout DirectionRecord,
        to receiver: inout DirectionRecord, _ details: inout DetailPool
    ) {
        sender.packets &+= 1
        sender.frameOctets &+= UInt64(segment.frameLength)
        guard !segment.isReset else { return }
        if !segment.isSYN { noteWindow(segment, &sender) }
        sender.octets &+= UInt64(segment.dataLength)
        if segment.sequenceLength > 0 {
            if segment.dataLength > 0 { sender.lastData = ShortDuration(nanoseconds: age) }
            noteSending(segment, age, &sender, &details)
        }
        if segment.hasAcknowledgment, receiver.events.contains(.isTiming) { endTiming(segment, &receiver, &details) }
    }

    @inline(__always)
    private static func noteEnds(_ flags: TCPFlags, _ sender: inout DirectionRecord) {
        if flags.contains(.rst) { sender.events.insert(.rst) }
        if flags.contains(.fin) { sender.events.insert(.fin) }
    }

    @inline(never)
    private static func noteControls(_ header: borrowing TCPHeader, _ sender: inout DirectionRecord) {
        noteEnds(header.flags, &sender)
        guard header.flags.contains(.syn), !header.flags.contains(.rst) else { return }
        let isAnswer = header.flags.contains(.ack)
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
        _ observation: inout SegmentObservation, _ sender: inout DirectionRecord, _ details: inout DetailPool
    ) {
        let labels = observation.labels
        let hasDetail = sender.takeDetail(&details)
        for index in labels.indices {
            if labels[index].kind == .retransmission { sender.retransmittedSegments &+= 1 }
            if hasDetail { details[troublesOf: sender.detail].count(labels[index]) }
        }
    }

    /// Counts what a segment from `direction` tells of earlier resends: a D-SACK of the other end's, a late original of its own.
    private mutating func count(
        _ revisions: BoundedArray<2, LabelRevision>, _ place: Int, _ direction: FlowDirection
    ) {
        for index in revisions.indices {
            let resender =
                switch revisions[index].reason {
                case .dSACK: direction.reversed
                case .originalArrived: direction
                }
            guard records[place][resender].takeDetail(&details) else { continue }
            details[troublesOf: records[place][resender].detail].count(revisions[index])
        }
    }

    @inline(__always)
    private static func noteWindow(_ segment: MeasuredSegment, _ sender: inout DirectionRecord) {
        if segment.isWindowScaled, !sender.events.contains(.scaledWindow) {
            sender.events.insert(.scaledWindow)
            sender.least = .max
            sender.greatest = 0
        }
        if segment.window < sender.least { sender.least = segment.window }
        if segment.window > sender.greatest { sender.greatest = segment.window }
    }

    // MARK: Sendings

    @inline(__always)
    private static func noteSending(
        _ segment: MeasuredSegment, _ age: Int64, _ sender: inout DirectionRecord, _ details: inout DetailPool
    ) {
        let isNewest = segment.sequenceEnd == segment.next
        let isOutstanding = !segment.isAcknowledgedKnown || segment.next > segment.acknowledged
        if isNewest, isOutstanding, segment.isAcknowledgedKnown {
            let inFlight = UInt32(clamping: segment.next - segment.acknowledged)
            if inFlight > sender.maximumOctetsInFlight { sender.maximumOctetsInFlight = inFlight }
        }
        if sender.events.contains(.isTiming) {
            // What is not the newest was sent again, or overtaken: the timed octets may wait for it.
            if !isNewest || segment.isRetransmission { restartTiming(segment, &sender) }
        } else if isNewest, isOutstanding, !segment.isRetransmission {
            sender.mark = segment.timestamp
            sender.timedEnd = UInt32(truncatingIfNeeded: segment.sequenceEnd)
            sender.timedValue = segment.timestampValue
            sender.events.insert(.isTiming)
            // Once a round trip: the detail is seldom near in memory.
            if sender.packets >= packetsBeforeSeries, segment.isAcknowledgedKnown, sender.takeDetail(&details) {
                let inFlight = UInt32(clamping: segment.next - segment.acknowledged)
                details[sender.detail].octetsInFlight.note(inFlight, at: age)
            }
        }
    }

    /// Octets were sent again while a segment was timed: by Karn's rule (RFC 6298 §3) its acknowledgment tells nothing,
    /// unless its timestamp says which sending it answers (RFC 7323 §4).
    @inline(never)
    private static func restartTiming(_ segment: MeasuredSegment, _ sender: inout DirectionRecord) {
        sender.events.remove([.isTiming, .needsEcho])
        guard segment.hasTimestamps, segment.timestampValue != sender.timedValue else { return }
        sender.mark = segment.timestamp
        sender.timedValue = segment.timestampValue
        sender.events.insert([.isTiming, .needsEcho])
    }

    @inline(__always)
    private static func endTiming(
        _ segment: MeasuredSegment, _ receiver: inout DirectionRecord, _ details: inout DetailPool
    ) {
        let beyond = Int32(
            bitPattern: UInt32(truncatingIfNeeded: segment.acknowledgment) &- receiver.timedEnd)
        guard beyond >= 0 else { return }
        let needsEcho = receiver.events.contains(.needsEcho)
        receiver.events.remove([.isTiming, .needsEcho])
        if needsEcho, !segment.hasTimestamps || segment.timestampEcho != receiver.timedValue { return }
        let span = receiver.mark.distance(to: segment.timestamp)
        if span >= 0 { receiver.add(span, &details) }
    }

    // MARK: Off the common path

    @inline(never)
    private mutating func noteSACK(
        _ place: Int, _ header: borrowing TCPHeader, _ segment: inout SegmentObservation, _ receiver: FlowDirection
    ) {
        let blocks = header.options.sackBlocks
        guard records[place][receiver].takeDetail(&details) else { return }
        let name = records[place][receiver].detail
        for index in blocks.indices {
            guard let (left, right) = segment.relativeEdges(of: blocks[index]) else { return }
            // A block below the acknowledgment is a D-SACK (RFC 2883 §4): no news of what arrived.
            guard left < right, right > segment.acknowledgment else { continue }
            let sacked = details[troublesOf: name].sacked
            let before = sacked.repetition(of: left, right, in: sackedIntervals)?.count ?? 0
            details[troublesOf: name].sackedOctets &+= UInt64(right - left - before)
            details[troublesOf: name].sacked.insert(left, right, in: &sackedIntervals)
        }
    }

    /// Looks at what follows the SYN ACK, and at it.
    @inline(never)
    private static func noteHandshake(
        _ flags: TCPFlags, _ direction: FlowDirection, _ age: Int64, _ record: inout FlowRecord
    ) {
        // What was sent twice tells no time, and what began before the capture none either.
        guard record.fromInitiator.events.contains(.syn), record.fromInitiator.retransmittedSegments == 0,
            record.fromResponder.retransmittedSegments == 0
        else {
            record.initialRoundTripTime = FlowRecord.never
            return
        }
        guard direction == .fromInitiator, flags.contains(.ack), flags.isDisjoint(with: [.syn, .rst])
        else { return }
        record.initialRoundTripTime = ShortDuration(nanoseconds: age).rawValue
    }
}
