import PacketDecode

extension TCPConnection {
    /// Takes what a SYN says beside its number: simultaneous open, fast open, the way ECN is used.
    static func noteHandshake(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: inout TCPSide,
        labels: inout BoundedArray<4, SegmentLabel>
    ) {
        guard placed.flags.contains(.syn) else { return }
        let counter: TCPFlags = [.ae, .cwr, .ece]
        guard placed.hasACK else {
            if sender.knows(.openingSYN) {
                sender.learn(.synRepeated)
            } else if receiver.knows(.openingSYN), !receiver.knows(.answeringSYN), !receiver.knows(.acknowledged) {
                labels.append(SegmentLabel(.simultaneousOpen, .crossingSYN))
            }
            sender.learn(.openingSYN)
            if placed.segment.dataLength > 0 {
                sender.learn(.dataInSYN)
                labels.append(SegmentLabel(.fastOpen, .dataInSYN))
            }
            if placed.flags.isSuperset(of: counter) { sender.learn(.accurateECN) }
            return
        }
        sender.learn(.answeringSYN)
        receiver.forget(.synRepeated)
        // RFC 9768 §3.1.1: any answer but "no ECN" and "classic ECN" is one that counts.
        let answer = placed.flags.intersection(counter)
        if receiver.knows(.accurateECN), answer != [], answer != .ece { sender.learn(.accurateECN) }
        if receiver.knows(.dataInSYN) {
            let isAccepted = placed.acknowledgment > 1
            labels.append(
                SegmentLabel(
                    isAccepted ? .fastOpen : .fastOpenIgnored, isAccepted ? .dataAccepted : .dataNotAccepted))
        }
    }

    /// Labels a RST with what it answers (RFC 9293 §3.5.2).
    @inline(never)
    static func noteReset(
        _ placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, in memory: borrowing TCPMemory,
        labels: inout BoundedArray<4, SegmentLabel>
    ) {
        let reason: SegmentLabel.Reason
        if placed.hasACK, receiver.state == .synSent, placed.acknowledgment == receiver.next, !sender.hasSYN {
            reason = .refusesSYN
        } else if sender.hasFIN {
            reason = .answersDataAfterClose
        } else if !placed.hasACK, sender.knows(.acknowledged), placed.start == sender.acknowledged {
            reason = placed.start == sender.next && sender.hasSYN ? .aborts : .answersUnknownSegment
        } else if placed.start == sender.next, sender.knows(.sent) {
            reason = placed.hasACK ? .aborts : .answersUnknownSegment
        } else {
            reason = .resetOther
        }
        var label = SegmentLabel(.reset, reason)
        label.setOctets(placed.start, placed.start, count: 0)
        if reason != .aborts {
            let answered = memory.log.entry(receiver.newestSending)
            if answered.exists { label.setEvidence(answered.sending.frame, answered.sending.timestamp) }
        }
        labels.append(label)
    }

    /// Labels a closed window and the ECN flags. In a SYN they are negotiation.
    @inline(__always)
    static func noteWindowAndFlags(
        _ placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, labels: inout BoundedArray<4, SegmentLabel>
    ) {
        if placed.segment.window == 0, placed.flags.isDisjoint(with: [.syn, .fin]) {
            labels.append(SegmentLabel(.zeroWindow, .windowClosed))
        }
        guard !placed.flags.isDisjoint(with: [.ece, .cwr]), !placed.flags.contains(.syn) else { return }
        // With accurate ECN the flags are a counter (RFC 9768 §3.2.2).
        guard !(sender.knows(.accurateECN) && receiver.knows(.accurateECN)) else { return }
        if placed.flags.contains(.ece) { labels.append(SegmentLabel(.congestionExperiencedEcho, .flagSet)) }
        if placed.flags.contains(.cwr) { labels.append(SegmentLabel(.congestionWindowReduced, .flagSet)) }
    }
}
