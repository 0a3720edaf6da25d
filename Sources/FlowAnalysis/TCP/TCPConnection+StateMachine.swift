import PacketDecode

extension TCPConnection {
    /// Moves both sides' states on (RFC 9293 §3.3.2, figure 5): the sender's by what it sent, the receiver's by what reaches it,
    /// as if it did.
    ///
    /// What the capture does not show is inferred where the segment proves it: a side that sends data, or an ACK, without a SYN
    /// of its own was established before the capture began. A FIN above a hole counts once it is acknowledged.
    static func advanceStates(_ placed: PlacedSegment, sender: inout TCPSide, receiver: inout TCPSide) {
        if placed.isReset {
            sender.state = .closed
            receiver.state = .closed
            return
        }
        if placed.flags.contains(.syn) {
            advanceByHandshake(placed, sender: &sender, receiver: &receiver)
        } else if sender.state == .unseen, receiver.state != .synSent {
            sender.state = .established
        }
        if placed.hasACK { advanceByAcknowledgment(sender: &sender, receiver: &receiver) }
        if placed.flags.contains(.fin) {
            switch sender.state {
            case .established, .synReceived, .unseen: sender.state = .finWait1
            case .closeWait:
                // Without an ACK of the other's FIN, it had not come yet: both closed at once (§3.6, figure 13).
                sender.state = receiver.isAllAcknowledged ? .lastAck : .closing
            default: break
            }
        }
        if sender.hasFIN, !sender.knows(.finTaken), sender.seen.lowerCount == 0 || sender.isAllAcknowledged {
            sender.learn(.finTaken)
            take(finFrom: sender, by: &receiver)
        }
    }

    private static func advanceByHandshake(
        _ placed: PlacedSegment, sender: inout TCPSide, receiver: inout TCPSide
    ) {
        if !placed.hasACK {
            if sender.state == .unseen || sender.state == .closed { sender.state = .synSent }
            // Crossing SYNs: each side goes to SYN-RECEIVED (§3.5, figure 7).
            if receiver.state == .synSent { receiver.state = .synReceived }
            if receiver.state == .closed { receiver.state = .unseen }
            return
        }
        if sender.state == .unseen || sender.state == .synSent || sender.state == .closed {
            sender.state = .synReceived
        }
        if receiver.state == .synSent || receiver.state == .unseen { receiver.state = .established }
    }

    private static func advanceByAcknowledgment(sender: inout TCPSide, receiver: inout TCPSide) {
        if receiver.state == .synReceived, receiver.knows(.acknowledged), receiver.acknowledged >= 1 {
            receiver.state = .established
        }
        if receiver.state == .established, sender.state == .synReceived, !sender.knows(.answeringSYN) {
            sender.state = .established
        }
        guard receiver.hasFIN, receiver.isAllAcknowledged else { return }
        if !receiver.knows(.finTaken) {
            receiver.learn(.finTaken)
            take(finFrom: receiver, by: &sender)
        }
        switch receiver.state {
        case .finWait1: receiver.state = .finWait2
        case .closing: receiver.state = .timeWait
        case .lastAck: receiver.state = .closed
        default: break
        }
    }

    /// A FIN of `other` reaches a side.
    private static func take(finFrom other: TCPSide, by side: inout TCPSide) {
        switch side.state {
        case .established, .synReceived, .unseen: side.state = .closeWait
        case .finWait1:
            // Its own FIN may have been acknowledged by an earlier segment: then it would be in FIN-WAIT-2.
            side.state = .closing
        case .finWait2: side.state = .timeWait
        default: break
        }
    }
}
