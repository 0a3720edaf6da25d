import PacketDecode

extension TCPConnection {
    /// Takes what a segment acknowledges of the receiver's octets, and labels it.
    @inline(__always)
    static func noteAcknowledgment(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: inout TCPSide, in memory: inout TCPMemory,
        into observation: inout SegmentObservation
    ) {
        let position = placed.acknowledgment
        guard receiver.knows(.acknowledged), position <= receiver.acknowledged else {
            if receiver.state == .synSent, !placed.flags.contains(.syn), receiver.knows(.openingSYN),
                position <= 0 || position > receiver.next
            {
                // It answers the SYN with a connection of its own (RFC 9293 §3.5.1): nothing of it counts.
                var label = SegmentLabel(.halfOpen, .unacceptableAcknowledgment)
                let syn = memory.log.entry(receiver.newestSending)
                if syn.exists { label.setEvidence(syn.sending.frame, syn.sending.timestamp) }
                observation.labels.append(label)
                return
            }
            if receiver.knows(.probeBeyondEdge) { takeProbe(position, of: &receiver, in: &memory) }
            if position > receiver.next, receiver.knows(.sent) {
                noteUnseen(position, receiver: receiver, &observation.labels)
            }
            if receiver.knows(.synSentAgain) {
                receiver.retimeSYN(answeredBy: placed.segment, at: placed.moment, log: memory.log)
            }
            receiver.stopTiming(position, at: placed.moment)
            let previous = receiver.acknowledged
            receiver.acknowledge(position)
            receiver.lastNews = placed.moment
            if receiver.recovery != 0 || !placed.segment.sackBlocks.isEmpty {
                noteProgress(
                    from: previous, placed, sender: &sender, receiver: &receiver, in: &memory, into: &observation)
            }
            if !receiver.knowledge.isDisjoint(with: [.zeroWindowProbe, .keepAlive]) {
                if receiver.knows(.zeroWindowProbe), placed.isPure {
                    observation.labels.append(SegmentLabel(.zeroWindowProbeACK, .probeAnswered))
                }
                receiver.forget([.zeroWindowProbe, .keepAlive])
            }
            return
        }
        if placed.isPure || !placed.segment.sackBlocks.isEmpty {
            noteRepeated(placed, sender: &sender, receiver: &receiver, in: &memory, into: &observation)
        }
    }

    /// The octet of a zero-window probe was taken after all: it is sent now.
    @inline(never)
    private static func takeProbe(_ position: Int64, of receiver: inout TCPSide, in memory: inout TCPMemory) {
        if position > receiver.next {
            receiver.seen.insert(receiver.next, receiver.next + 1, in: &memory.intervals)
            receiver.advance(to: receiver.next + 1)
        }
        if position >= receiver.next { receiver.forget(.probeBeyondEdge) }
    }

    @inline(never)
    private static func noteUnseen(
        _ position: Int64, receiver: TCPSide, _ labels: inout BoundedArray<4, SegmentLabel>
    ) {
        let known = receiver.knows(.acknowledged) ? max(receiver.next, receiver.acknowledged) : receiver.next
        guard position > known else { return }
        var label = SegmentLabel(.ackOfUnseen, .acknowledgmentBeyondSeen)
        label.setOctets(known, position, count: position - known)
        labels.append(label)
    }

    /// An ACK of something new, to a side in trouble or with SACK blocks.
    @inline(never)
    private static func noteProgress(
        from previous: Int64, _ placed: PlacedSegment, sender: inout TCPSide, receiver: inout TCPSide,
        in memory: inout TCPMemory, into observation: inout SegmentObservation
    ) {
        _ = noteSACK(placed, sender: &sender, receiver: &receiver, in: &memory, into: &observation)
        let name = receiver.recovery
        guard name != 0 else { return }
        let position = placed.acknowledgment
        memory.recoveries[name].duplicateACKs = 0
        noteDelivered(min(previous, position), position, receiver, placed, in: &memory)
        memory.recoveries[name].sacked.insert(min(previous, position), position, in: &memory.intervals)
        // RFC 5682 §2.1, step 2: what is sent after this ACK tells whether the timeout was spurious.
        if memory.recoveries[name].isUndoable, position < memory.recoveries[name].point {
            memory.recoveries[name].point = receiver.next
        }
        let reported = memory.recoveries[name].sacked
        if reported.repetition(of: position, position + 1, in: memory.intervals) != nil {
            // RFC 2018 §8: what was reported is acknowledged with what fills the hole before it, unless it was dropped.
            observation.labels.append(SegmentLabel(.sackReneging, .sackedOctetsOutstanding))
            memory.recoveries[name].sacked.removeAll(in: &memory.intervals, from: position)
            memory.recoveries[name].deliveredTicket = 0
        }
        if memory.recoveries[name].phase != .none, position >= memory.recoveries[name].point {
            memory.recoveries[name].phase = .none
        }
        if position >= receiver.next || isOver(memory.recoveries[name], position, receiver, log: memory.log) {
            receiver.endRecovery(in: &memory)
        }
    }

    /// Whether nothing that is outstanding from `position` on can be told to be lost by what has arrived so far: nothing
    /// was reported, and the oldest of it was sent after all that has arrived.
    private static func isOver(
        _ record: LossRecovery, _ position: Int64, _ receiver: TCPSide, log: SendingLog
    ) -> Bool {
        guard record.phase == .none, record.sacked.end <= position else { return false }
        let oldest = log.latest(of: position, newest: receiver.newestSending)
        return !oldest.exists || oldest.ticket > record.deliveredTicket
    }

    /// An ACK that leaves UNA where it was, or tells of an older one.
    @inline(never)
    private static func noteRepeated(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: inout TCPSide, in memory: inout TCPMemory,
        into observation: inout SegmentObservation
    ) {
        let hasNewSACK =
            !placed.segment.sackBlocks.isEmpty
            && noteSACK(placed, sender: &sender, receiver: &receiver, in: &memory, into: &observation)
        guard placed.acknowledgment == receiver.acknowledged, placed.isPure else { return }
        if receiver.knows(.zeroWindowProbe) {
            receiver.forget(.zeroWindowProbe)
            observation.labels.append(SegmentLabel(.zeroWindowProbeACK, .probeAnswered))
        } else if receiver.knows(.keepAlive) {
            receiver.forget(.keepAlive)
            observation.labels.append(SegmentLabel(.keepAliveACK, .probeAnswered))
        } else if hasNewSACK
            || receiver.isOutstanding && receiver.knows(.sent) && sender.hasWindow && placed.window == sender.window
                && placed.start <= sender.next && !isProbe(observation.labels)
        {
            noteDuplicate(placed, hasNewSACK, sender: sender, receiver: &receiver, in: &memory, &observation.labels)
            return
        }
        if sender.hasWindow, placed.window != sender.window, !hasNewSACK {
            observation.labels.append(SegmentLabel(.windowUpdate, .windowChanged))
        }
    }

    private static func isProbe(_ labels: BoundedArray<4, SegmentLabel>) -> Bool {
        guard let first = labels.first else { return false }
        return first.kind == .keepAlive || first.kind == .zeroWindowProbe
    }

    private static func noteDuplicate(
        _ placed: PlacedSegment, _ hasNewSACK: Bool, sender: TCPSide, receiver: inout TCPSide,
        in memory: inout TCPMemory, _ labels: inout BoundedArray<4, SegmentLabel>
    ) {
        var label = SegmentLabel(.duplicateACK, hasNewSACK ? .newSACKInformation : .acknowledgmentRepeated)
        let name = receiver.startRecovery(in: &memory)
        if name != 0 {
            memory.recoveries[name].duplicateACKs &+= 1
            memory.recoveries[name].evidenceFrame = placed.info.number
            label.count = memory.recoveries[name].duplicateACKs
        }
        receiver.lastNews = placed.moment
        labels.append(label)
    }

    /// Takes a segment's SACK blocks into the scoreboard (RFC 6675 §3), and labels a D-SACK.
    ///
    /// - Returns: whether they hold octets that no earlier block held.
    private static func noteSACK(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: inout TCPSide, in memory: inout TCPMemory,
        into observation: inout SegmentObservation
    ) -> Bool {
        let blocks = placed.segment.sackBlocks
        guard !blocks.isEmpty else { return false }
        // Blocks prove that it was agreed.
        sender.learn(.sackPermitted)
        receiver.learn(.sackPermitted)
        let name = receiver.startRecovery(in: &memory)
        guard name != 0 else { return false }
        var hasNew = false
        for index in blocks.indices {
            let left = position(of: blocks[index].leftEdge, placed)
            let right = left + Int64(blocks[index].leftEdge.distance(to: blocks[index].rightEdge))
            guard left < right else { continue }
            if index == 0 {
                var reason: SegmentLabel.Reason?
                if right <= placed.acknowledgment {
                    reason = .blockBelowAcknowledgment
                } else if blocks.count > 1, left >= position(of: blocks[1].leftEdge, placed),
                    right <= position(of: blocks[1].rightEdge, placed)
                {
                    reason = .blockInsideBlock
                }
                if let reason {
                    noteDuplicateReport(left, right, reason, placed, receiver, in: &memory, into: &observation)
                    continue
                }
            }
            // A block of octets that were acknowledged since says nothing.
            guard right > receiver.acknowledged, right <= receiver.next + 1 << 30 else { continue }
            let reported = memory.recoveries[name].sacked
            let known = reported.repetition(of: left, right, in: memory.intervals)?.count ?? 0
            guard known < right - left else { continue }
            hasNew = true
            noteDelivered(left, right, receiver, placed, in: &memory)
            memory.recoveries[name].sacked.insert(left, right, in: &memory.intervals)
        }
        if hasNew {
            receiver.lastNews = placed.moment
            memory.recoveries[name].evidenceFrame = placed.info.number
        }
        return hasNew
    }

    private static func position(of edge: SequenceNumber, _ placed: PlacedSegment) -> Int64 {
        placed.acknowledgment + Int64(placed.segment.acknowledgmentNumber.distance(to: edge))
    }

    /// Labels a D-SACK (RFC 2883 §4), and revises what was said of the resend that it tells of (RFC 3708).
    private static func noteDuplicateReport(
        _ left: Int64, _ right: Int64, _ reason: SegmentLabel.Reason, _ placed: PlacedSegment, _ receiver: TCPSide,
        in memory: inout TCPMemory, into observation: inout SegmentObservation
    ) {
        var label = SegmentLabel(.dSACK, reason)
        label.setOctets(left, right, count: right - left)
        label.carries = .data
        let resend = memory.log.latestResend(of: left, newest: receiver.newestSending)
        if resend.exists { label.setEvidence(resend.sending.frame, resend.sending.timestamp) }
        observation.labels.append(label)
        guard resend.exists, !resend.sending.marks.contains(.spurious),
            !memory.log.isDoubled(left, newest: receiver.newestSending)
        else { return }
        memory.log.mark(resend.ticket, .spurious)
        let isUnseen = resend.sending.marks.contains(.originalUnseen)
        observation.revisions.append(
            LabelRevision(
                frame: resend.sending.frame, kind: isUnseen ? .retransmissionOriginalUnseen : .retransmission,
                wasSpurious: isUnseen ? false : nil, isSpurious: true, reason: .dSACK, evidence: placed.info.number))
    }
}

extension TCPSide {
    /// The side's record of loss recovery, a fresh one where it had none; 0 where there is no room.
    mutating func startRecovery(in memory: inout TCPMemory) -> UInt32 {
        if recovery == 0 {
            recovery = memory.recoveries.take()
            if recovery != 0 { memory.recoveries[recovery].sacked = SeenOctets(from: acknowledged) }
        }
        return recovery
    }

    mutating func endRecovery(in memory: inout TCPMemory) {
        guard recovery != 0 else { return }
        memory.recoveries[recovery].sacked.removeAll(in: &memory.intervals, from: 0)
        memory.recoveries.giveBack(recovery)
        recovery = 0
    }
}
