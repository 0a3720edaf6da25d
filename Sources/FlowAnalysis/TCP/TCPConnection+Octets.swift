import PacketDecode

extension TCPConnection {
    /// Puts what a segment carries into its side's sequence space, and labels what is not simply new.
    ///
    /// - Returns: false where the link doubled the frame: it says nothing else then.
    @inline(__always)
    static func noteOctets(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: TCPSide, in memory: inout TCPMemory,
        into observation: inout SegmentObservation
    ) -> Bool {
        let (start, end) = (placed.start, placed.end)
        guard start < end else {
            if start != sender.next {
                noteOddPlace(placed, sender: &sender, receiver: receiver, in: &memory, &observation.labels)
            }
            return true
        }
        if end - start == 1, placed.flags.isDisjoint(with: [.syn, .fin]), receiver.hasWindow,
            noteProbe(placed, sender: &sender, receiver: receiver, &observation.labels)
        {
            return true
        }
        // NXT is the highest number seen: that behind the highest octet, or of a segment without octets that stood higher.
        if start >= sender.next || sender.seen.isEmpty {
            if start > sender.next, sender.knows(.sent) {
                noteGap(placed, sender: &sender, log: memory.log, &observation.labels)
            }
            record(placed, [], sender: &sender, in: &memory)
            sender.seen.insert(start, end, in: &memory.intervals)
            sender.startTiming(end, at: placed.moment)
        } else if !noteBelowHighest(placed, sender: &sender, receiver: receiver, in: &memory, into: &observation) {
            return false
        }
        if placed.flags.contains(.fin) { sender.learn(.fin) }
        sender.advance(to: end)
        if receiver.knows(.windowIsScaled), sender.knows(.acknowledged), receiver.window > 0,
            end == sender.acknowledged + Int64(receiver.window), !placed.flags.contains(.syn)
        {
            var label = SegmentLabel(.windowFull, .windowFilled)
            label.setOctets(start, end, count: end - start)
            observation.labels.append(label)
        }
        return true
    }

    /// A segment without octets that does not stand at NXT: a probe, or a sign of octets that were not seen.
    @inline(never)
    private static func noteOddPlace(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: TCPSide, in memory: inout TCPMemory,
        _ labels: inout BoundedArray<4, SegmentLabel>
    ) {
        if placed.start > sender.next {
            if sender.knows(.sent) {
                noteGap(placed, sender: &sender, log: nil, &labels)
                // It left after what it overtook: the order of what fills the hole is told against it.
                record(placed, [], sender: &sender, in: &memory)
            }
            sender.advance(to: placed.start)
        } else if placed.hasACK, receiver.hasWindow, sender.knows(.acknowledged) {
            if receiver.window == 0, placed.start == sender.acknowledged - 1 {
                sender.learn(.zeroWindowProbe)
                labels.append(probe(.zeroWindowProbe, .belowAcknowledged, placed))
            } else if receiver.window != 0, placed.start == sender.next - 1, sender.isAllAcknowledged,
                placed.start > 0
            {
                sender.learn(.keepAlive)
                labels.append(probe(.keepAlive, .belowAcknowledged, placed))
            }
        }
    }

    private static func probe(
        _ kind: SegmentLabel.Kind, _ reason: SegmentLabel.Reason, _ placed: PlacedSegment
    ) -> SegmentLabel {
        var label = SegmentLabel(kind, reason)
        label.setOctets(placed.start, placed.end, count: placed.end - placed.start)
        return label
    }

    /// Labels one octet of data that is a probe: not there to be delivered, and so no resend.
    ///
    /// - Keep-alive (RFC 9293 §3.8.4): at NXT-1 where all is acknowledged and the window is open.
    /// - Zero-window probe (§3.8.6.1): at UNA-1, or the first octet beyond the edge, while the window is 0. That octet
    ///   was not sent before as data, and is not noted as seen: its sending after the window opened is its first.
    ///
    /// A segment of one octet may also be sent again because its ACK was lost behind the point of capture: it stands where
    /// a keep-alive would. PSH tells them apart: a segment that ends what was written keeps its PSH, while no system's
    /// probe of an old octet has one (BSD's and Windows' carry ACK alone; Linux's carry no octet at all).
    @inline(never)
    private static func noteProbe(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: TCPSide, _ labels: inout BoundedArray<4, SegmentLabel>
    ) -> Bool {
        let octet = placed.start
        let isPushed = placed.flags.contains(.psh)
        guard sender.knows(.acknowledged) else { return false }
        guard receiver.window == 0 else {
            guard octet == sender.next - 1, sender.isAllAcknowledged, !isPushed else { return false }
            sender.learn(.keepAlive)
            labels.append(probe(.keepAlive, .belowAcknowledged, placed))
            return true
        }
        if octet == sender.acknowledged - 1 {
            guard !isPushed else { return false }
            sender.learn(.zeroWindowProbe)
            labels.append(probe(.zeroWindowProbe, .belowAcknowledged, placed))
            return true
        }
        guard octet == sender.acknowledged, octet >= sender.next else { return false }
        sender.learn([.probeBeyondEdge, .zeroWindowProbe])
        labels.append(probe(.zeroWindowProbe, .beyondEdge, placed))
        return true
    }

    @inline(never)
    private static func noteGap(
        _ placed: PlacedSegment, sender: inout TCPSide, log: SendingLog?, _ labels: inout BoundedArray<4, SegmentLabel>
    ) {
        var label = SegmentLabel(.gap, .beyondHighestSeen)
        label.setOctets(sender.next, placed.start, count: placed.start - sender.next)
        label.carries = .data
        if let below = log?.entry(sender.newestSending), below.exists {
            label.setEvidence(below.sending.frame, below.sending.timestamp)
        }
        labels.append(label)
        // What is acknowledged after the hole is filled says nothing of a round trip.
        sender.forget(.timed)
    }

    @inline(__always)
    private static func record(
        _ placed: PlacedSegment, _ marks: SendingLog.Marks, sender: inout TCPSide, in memory: inout TCPMemory
    ) {
        let segment = placed.segment
        let sending = SendingLog.Sending(
            start: placed.start, frame: placed.info.number, timestamp: placed.info.timestamp,
            length: UInt32(clamping: placed.end - placed.start), timestampValue: segment.timestampValue,
            timestampEcho: segment.timestampEcho, identification: segment.identification,
            marks: segment.hasTimestamp ? marks.union(.timestamp) : marks, interface: segment.interface)
        sender.newestSending = memory.log.record(sending, previous: sender.newestSending)
    }

    /// Labels a segment that carries octets below the highest seen, and notes those.
    ///
    /// - Returns: false where the link doubled the frame.
    @inline(never)
    private static func noteBelowHighest(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: TCPSide, in memory: inout TCPMemory,
        into observation: inout SegmentObservation
    ) -> Bool {
        let (start, end) = (placed.start, placed.end)
        // An answer to a crossing SYN carries the same SYN again, with an ACK (RFC 9293 §3.5, figure 7): no resend.
        let isCrossingAnswer =
            placed.flags.isSuperset(of: [.syn, .ack]) && sender.knows(.openingSYN) && !sender.knows(.answeringSYN)
        let repetition = sender.seen.repetition(of: start, end, in: memory.intervals)
        sender.forget(.timed)
        // Which sending an ACK answers is not known (RFC 6298 §3, Karn's rule), but where TSecr tells: see `retimeSYN`.
        if placed.flags.contains(.syn) {
            sender.startTiming(end, at: placed.moment)
            sender.learn(.synSentAgain)
        }
        var marks: SendingLog.Marks = .belowHighest
        if isCrossingAnswer {
            // Neither seen again nor missing.
        } else if let repetition {
            if repetition.count == end - start {
                let double = doubling(of: placed, sender: sender, receiver: receiver, log: memory.log)
                if double.first.exists {
                    var label = SegmentLabel(.networkDuplicate, double.reason)
                    label.setOctets(start, end, count: end - start)
                    label.carries = carried(placed, repetition)
                    label.setEvidence(double.first.sending.frame, double.first.sending.timestamp)
                    observation.labels.append(label)
                    record(placed, .doubled, sender: &sender, in: &memory)
                    // It may be answered all the same.
                    if placed.flags.contains(.syn), !placed.hasACK { sender.learn(.synRepeated) }
                    return false
                }
                if isAnswerOrDouble(placed, sender: sender, receiver: receiver, log: memory.log) {
                    let first = memory.log.entry(sender.newestSending)
                    var label = SegmentLabel(.undetermined, .answerOrDouble)
                    label.setOctets(start, end, count: end - start)
                    label.carries = carried(placed, repetition)
                    label.setEvidence(first.sending.frame, first.sending.timestamp)
                    observation.labels.append(label)
                    record(placed, marks, sender: &sender, in: &memory)
                    return true
                }
                if noteLateOriginal(placed, sender: sender, in: &memory, into: &observation)
                    || noteOtherPiece(placed, sender: sender, receiver: receiver, in: memory, into: &observation)
                {
                    record(placed, marks, sender: &sender, in: &memory)
                    return true
                }
            }
            var label = SegmentLabel(.retransmission, .octetsSeen)
            label.carries = carried(placed, repetition)
            label.setOctets(repetition.start, repetition.end, count: repetition.count)
            let first = memory.log.first(of: repetition.start, newest: sender.newestSending)
            if first.exists { label.setEvidence(first.sending.frame, first.sending.timestamp) }
            if sender.knows(.acknowledged), sender.acknowledged >= end { label.isSpurious = true }
            label.setCause(cause(of: placed, sender: &sender, receiver: receiver, in: &memory))
            observation.labels.append(label)
            marks.formUnion(label.isSpurious == true ? [.resend, .spurious] : .resend)
        } else {
            var label = missing(placed, sender: sender, receiver: receiver, log: memory.log)
            label.setOctets(start, end, count: end - start)
            label.carries = carried(placed, SeenOctets.Repetition(start: start, end: end, count: end - start))
            if label.kind == .retransmissionOriginalUnseen {
                label.isSpurious = false
                label.setCause(cause(of: placed, sender: &sender, receiver: receiver, in: &memory))
                marks.formUnion([.resend, .originalUnseen])
            }
            observation.labels.append(label)
        }
        record(placed, marks, sender: &sender, in: &memory)
        sender.seen.insert(start, end, in: &memory.intervals)
        return true
    }

    static func carried(
        _ placed: PlacedSegment, _ repetition: SeenOctets.Repetition
    ) -> SegmentLabel.Carried {
        var carries: SegmentLabel.Carried = []
        var controls: Int64 = 0
        if placed.flags.contains(.syn), repetition.start == placed.start {
            carries.insert(.syn)
            controls += 1
        }
        if placed.flags.contains(.fin), repetition.end == placed.end {
            carries.insert(.fin)
            controls += 1
        }
        if repetition.count > controls { carries.insert(.data) }
        return carries
    }

    /// Labels a segment whose octets were seen, but which left before the frame that carried them: the first sending,
    /// overtaken by its own resend. That resend was needless.
    private static func noteLateOriginal(
        _ placed: PlacedSegment, sender: TCPSide, in memory: inout TCPMemory, into observation: inout SegmentObservation
    ) -> Bool {
        let first = memory.log.first(of: placed.start, newest: sender.newestSending)
        guard first.exists else { return false }
        let order = sender.order(of: placed.segment, against: first.sending)
        guard order.order == .before else { return false }
        var label = SegmentLabel(.outOfOrder, order.reason)
        label.setOctets(placed.start, placed.end, count: placed.end - placed.start)
        label.carries = .data
        label.setEvidence(first.sending.frame, first.sending.timestamp)
        observation.labels.append(label)
        if first.sending.marks.contains(.originalUnseen), !first.sending.marks.contains(.spurious) {
            memory.log.mark(first.ticket, .spurious)
            observation.revisions.append(
                LabelRevision(
                    frame: first.sending.frame, kind: .retransmissionOriginalUnseen, wasSpurious: false,
                    isSpurious: true, reason: .originalArrived, evidence: placed.info.number))
        }
        return true
    }

    /// Labels a segment whose octets were seen in other pieces, of which nothing tells which sending came first: `undetermined`.
    ///
    /// They have one TSval, TSecr and, at the receiver's side, came sooner after each other than anything from there could go to
    /// the sender and back: it sent both before it knew more of either. There is one way to that: a router, which refused
    /// another segment for its size (RFC 1191, RFC 8201), so that the sender cut its octets anew. The one with the older cut
    /// may be the one that was overtaken. At the sender's side each repetition is a resend.
    private static func noteOtherPiece(
        _ placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, in memory: TCPMemory,
        into observation: inout SegmentObservation
    ) -> Bool {
        let first = memory.log.first(of: placed.start, newest: sender.newestSending)
        guard first.exists, first.sending.start != placed.start || first.sending.end != placed.end,
            !placed.flags.contains(.syn), sender.hasSYN, receiver.hasSYN, receiver.knows(.roundTrip),
            sender.order(of: placed.segment, against: first.sending).isSameTimestamp
        else { return false }
        let toSender = receiver.shortestRoundTrip
        guard placed.moment &- first.sending.timestamp.ticks < toSender / 4 * 3,
            sender.timestampTick(memory.log) <= toSender / 4
        else { return false }
        var label = SegmentLabel(.undetermined, .noEvidence)
        label.setOctets(placed.start, placed.end, count: placed.end - placed.start)
        label.carries = .data
        label.setEvidence(first.sending.frame, first.sending.timestamp)
        observation.labels.append(label)
        return true
    }
}
