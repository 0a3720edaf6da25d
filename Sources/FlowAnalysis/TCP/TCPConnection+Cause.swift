import PacketDecode

extension TCPConnection {
    /// Why a segment was sent again, as far as the capture tells, and what it begins.
    ///
    /// In this order:
    /// 1. A SYN: the handshake knows only its timer (RFC 6298 §5), unless the other side's SYN, sent again, asked for it: so
    ///    a SYN ACK sooner than that timer's first value (§2.1) has no known cause.
    /// 2. ICMP called an outstanding segment too big, and this is smaller than the last sending of its octets: `pathMTU` (RFC
    ///    1191 §6.4, RFC 8201 §5.4: what was lost is sent again at once, in packets that fit).
    /// 3. Until what was outstanding at a timeout is acknowledged: `timeoutRecovery`, or `timeout` once more where UNA stands
    ///    since a timeout's time. Where what was sent again is lost again and an ACK tells of it, it is `fast` (RFC 8985 §6.2),
    ///    and the recovery from the timeout is over; so it is where the timeout was spurious (RFC 5682).
    /// 4. Evidence of a loss, fresher than its last sending, not left alone for a timeout: `fast`. Evidence is three
    ///    duplicate ACKs (RFC 5681 §3.2), or the arrival of a segment that was sent later (RFC 6675 §4, RFC 8985 §6.2).
    ///    In fast recovery, an ACK of a part also (RFC 6582 §3.2).
    /// 5. The last segment while older ones are outstanding: `tailLossProbe` (RFC 8985 §7.3), for a timeout sends the oldest
    ///    first (RFC 6298 §5.4).
    /// 6. The oldest segment with others behind it, no sooner than a round trip: `timeout`. It is alone: `timeout` where it
    ///    was sent again before (a probe is sent once), or where SACK was not agreed, without which there is no probe. Else
    ///    nobody knows.
    static func cause(
        of placed: PlacedSegment, sender: inout TCPSide, receiver: TCPSide, in memory: inout TCPMemory
    ) -> CauseFinding {
        var finding = CauseFinding()
        if placed.flags.contains(.syn) {
            let last = memory.log.entry(sender.newestSending)
            let isSooner = last.exists && placed.moment &- last.sending.timestamp.ticks < initialTimeout
            if !placed.hasACK || !receiver.knows(.synRepeated) && !isSooner {
                finding.cause = .timeout
                finding.reason = .handshake
            }
            return finding
        }
        let name = sender.startRecovery(in: &memory)
        guard name != 0 else { return finding }
        let record = memory.recoveries[name]
        let octet = max(placed.start, sender.acknowledged)
        // No sending carried what lies beyond NXT.
        let latest =
            octet < sender.next ? memory.log.latest(of: octet, newest: sender.newestSending) : memory.log.entry(0)
        // A resend whose original was not seen has been sent before nevertheless, before those that overtook it.
        let latestTicket = latest.exists ? latest.ticket : 0
        if record.tooBigFrame != 0, placed.start < record.tooBigPoint, latest.exists,
            placed.end - placed.start < Int64(latest.sending.length)
        {
            finding.cause = .pathMTU
            finding.reason = .packetTooBig
            finding.frame = record.tooBigFrame
            return finding
        }
        let timeout = RoundTrip(sender: sender, receiver: receiver).timeout / 10 * 7
        let isQuiet =
            sender.knows(.acknowledged) && placed.moment &- sender.lastNews >= timeout
            && (!latest.exists || placed.moment &- latest.sending.timestamp.ticks >= timeout)
        let isOldest = placed.start <= sender.acknowledged || !sender.knows(.acknowledged)
        let isLater = record.deliveredTicket > latestTicket
        // What was sent before a timeout is given up with it.
        let isLostAgain =
            isLater && !isQuiet && latest.sending.marks.contains(.resend) && latestTicket > record.timeoutTicket
        if record.phase == .timeout, placed.start < record.point, !isLostAgain {
            finding.cause = isOldest && isQuiet ? .timeout : .timeoutRecovery
            finding.reason = isOldest && isQuiet ? .beyondRetransmissionTimeout : .belowTimeoutPoint
            if finding.cause == .timeout {
                memory.recoveries[name].point = max(record.point, sender.next)
                memory.recoveries[name].isUndoable = record.timeoutPosition == sender.acknowledged
                memory.recoveries[name].timeoutPosition = sender.acknowledged
                memory.recoveries[name].timeoutTicket = sender.newestSending
            } else {
                memory.recoveries[name].isUndoable = false
            }
            return finding
        }
        finding.count = record.duplicateACKs
        finding.frame = record.evidenceFrame
        if !isQuiet {
            let isSACKAgreed = sender.knows(.sackPermitted) && receiver.knows(.sackPermitted)
            if isLater, record.phase == .timeout, !isLostAgain {
                finding.cause = .timeoutRecovery
                finding.reason = .laterSegmentDelivered
                memory.recoveries[name].isUndoable = false
                return finding
            } else if isLater {
                finding.cause = .fast
                finding.reason = .laterSegmentDelivered
            } else if record.duplicateACKs >= 3, isOldest, !isSACKAgreed || !latest.sending.marks.contains(.resend) {
                finding.cause = .fast
                finding.reason = .duplicateAcknowledgments
            } else if record.phase == .fast, placed.start < record.point, isOldest, !isSACKAgreed,
                !latest.exists || !latest.sending.marks.contains(.resend)
            {
                finding.cause = .fast
                finding.reason = .partialAcknowledgment
            }
            if finding.cause == .fast {
                if record.phase != .fast {
                    memory.recoveries[name].phase = .fast
                    memory.recoveries[name].point = sender.next
                }
                return finding
            }
        }
        finding.count = 0
        finding.frame = 0
        judgeTimers(placed, isOldest, latest, sender: sender, receiver: receiver, log: memory.log, &finding)
        if finding.cause == .timeout {
            memory.recoveries[name].isUndoable = record.phase == .none
            memory.recoveries[name].timeoutPosition = sender.acknowledged
            memory.recoveries[name].timeoutTicket = sender.newestSending
            memory.recoveries[name].phase = .timeout
            memory.recoveries[name].point = sender.next
            memory.recoveries[name].duplicateACKs = 0
        }
        return finding
    }

    /// No retransmission timer that is in use runs out sooner; in ticks, 5 ms.
    private static let shortestTimer = 5 * RoundTrip.ticksPerMillisecond

    /// Rules 5 and 6.
    private static func judgeTimers(
        _ placed: PlacedSegment, _ isOldest: Bool, _ latest: SendingLog.Entry, sender: TCPSide, receiver: TCPSide,
        log: borrowing SendingLog, _ finding: inout CauseFinding
    ) {
        // Acknowledged already: what the sender knew when it sent is not in this capture.
        if sender.knows(.acknowledged), sender.acknowledged >= placed.end { return }
        let isLast = placed.end >= sender.next
        if !isOldest {
            guard isLast, sender.knows(.sackPermitted), receiver.knows(.sackPermitted) else { return }
            finding.cause = .tailLossProbe
            finding.reason = .lastSegment
            return
        }
        let elapsed = latest.exists ? placed.moment &- latest.sending.timestamp.ticks : .max
        let around = RoundTrip(sender: sender, receiver: receiver).shortest
        guard elapsed >= max(around, shortestTimer) else { return }
        let last = log.latest(of: placed.end - 1, newest: sender.newestSending)
        if !isLast || last.exists && last.sending.start > placed.start {
            finding.cause = .timeout
            finding.reason = .oldestOutstanding
        } else if latest.exists, latest.sending.marks.contains(.resend) {
            finding.cause = .timeout
            finding.reason = .sentAgainBefore
        } else if sender.hasSYN, receiver.hasSYN, !(sender.knows(.sackPermitted) && receiver.knows(.sackPermitted)) {
            finding.cause = .timeout
            finding.reason = .noSACK
        }
    }
}
