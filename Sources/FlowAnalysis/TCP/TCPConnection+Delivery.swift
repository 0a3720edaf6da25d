import PacketDecode

extension TCPConnection {
    /// The most segments of which it is asked, at one acknowledgment, whether they were sent once.
    private static let originalSearchLimit = 64

    /// Takes word that octets within `first..<last` of the receiver's, which were not reported before, have arrived.
    ///
    /// - RFC 8985 §6.2, step 2: the latest sending among them is the one that others are compared with: what was sent before
    ///   it and is missing is lost. An answer that comes sooner than a round trip is one to an earlier sending.
    /// - RFC 5682 §3, step 3: where one of them was sent before a timeout, and not again after it, the timeout was spurious:
    ///   its recovery is over.
    static func noteDelivered(
        _ first: Int64, _ last: Int64, _ receiver: TCPSide, _ placed: PlacedSegment, in memory: inout TCPMemory
    ) {
        // No sending carried what lies beyond NXT.
        guard first < receiver.next else { return }
        let name = receiver.recovery
        let record = memory.recoveries[name]
        // A little less than the shortest one so far, which is not measured at every segment.
        let around = receiver.knows(.roundTrip) ? receiver.shortestRoundTrip / 8 * 7 : 0
        var deliveredTicket = record.deliveredTicket
        var mayBeSpurious = record.phase == .timeout && record.isUndoable
        var asked = 0
        var entry = memory.log.entry(receiver.newestSending)
        for _ in 0..<SendingLog.searchLimit {
            guard entry.exists, mayBeSpurious || entry.ticket > deliveredTicket else { break }
            let sending = entry.sending
            if sending.start < last, first < sending.end, !sending.marks.contains(.doubled),
                !record.hasReported(sending, in: memory.intervals)
            {
                let isResend = sending.marks.contains(.resend)
                if !isResend || placed.moment &- sending.timestamp.ticks >= around {
                    deliveredTicket = max(deliveredTicket, entry.ticket)
                }
                if mayBeSpurious, !isResend, sending.end <= record.point {
                    asked += 1
                    let latest = memory.log.latest(of: sending.start, newest: receiver.newestSending)
                    if latest.ticket == entry.ticket {
                        memory.recoveries[name].phase = .none
                        mayBeSpurious = false
                    } else if asked == originalSearchLimit {
                        mayBeSpurious = false
                    }
                }
            }
            entry = memory.log.previous(of: entry)
        }
        memory.recoveries[name].deliveredTicket = deliveredTicket
    }
}

extension LossRecovery {
    /// Whether every octet of a sending was reported or acknowledged.
    fileprivate func hasReported(_ sending: SendingLog.Sending, in pool: borrowing IntervalPool) -> Bool {
        sacked.repetition(of: sending.start, sending.end, in: pool)?.count == Int64(sending.length)
    }
}
