import PacketDecode

extension TCPConnection {
    /// The most segments below a missing one that are looked at.
    private static let lowerSearchLimit = 64

    /// What a segment is whose octets were missing: sent again, overtaken, or nobody knows.
    ///
    /// New data leaves in order (RFC 9293 §3.8.1). So a segment that left after any segment of higher numbers was sent
    /// again; one that left before all that overtook it was not. Where TSval and TSecr are equal, one that came too soon to be
    /// a resend (`isTooSoon`) was not, either: but for a router, which tells of a segment that is too large in no time (RFC
    /// 1191, RFC 8201). So segments of its size must have crossed the path (`isSizeCrossing`).
    static func missing(
        _ placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, log: SendingLog
    ) -> SegmentLabel {
        var entry = log.entry(sender.newestSending)
        var reason = SegmentLabel.Reason.noEvidence
        var overtaker = log.entry(0)
        var isAlwaysBefore = true
        var isNeverLaterByTimestamp = true
        var lower = 0
        for _ in 0..<SendingLog.searchLimit {
            guard entry.exists else { break }
            if entry.sending.start >= placed.end {
                let order = sender.order(of: placed.segment, against: entry.sending)
                switch order.order {
                case .after:
                    var label = SegmentLabel(.retransmissionOriginalUnseen, order.reason)
                    label.setEvidence(entry.sending.frame, entry.sending.timestamp)
                    return label
                case .before: reason = order.reason
                case .unknown:
                    isAlwaysBefore = false
                    if !order.isSameTimestamp { isNeverLaterByTimestamp = false }
                }
                // In the end, the first one that was seen.
                overtaker = entry
            } else {
                lower += 1
                if lower == lowerSearchLimit { break }
            }
            entry = log.previous(of: entry)
        }
        var label = SegmentLabel(.undetermined, .noEvidence)
        guard overtaker.exists else { return label }
        if isAlwaysBefore {
            label = SegmentLabel(.outOfOrder, reason)
        } else if isNeverLaterByTimestamp, isTooSoon(placed, overtaker, sender: sender, receiver: receiver, log: log),
            isSizeCrossing(placed, sender: sender, receiver: receiver, log: log)
        {
            label = SegmentLabel(.outOfOrder, .withinRoundTrip)
        }
        label.setEvidence(overtaker.sending.frame, overtaker.sending.timestamp)
        return label
    }

    /// Whether a segment with the TSval of its overtakers, of which `overtaker` was seen first, came too soon to be a resend.
    ///
    /// What makes a sender send octets again comes a round trip after it sent them, or later: word of a segment that it sent
    /// behind them (RFC 6675 §4, RFC 8985 §6.2), or a timer that is no shorter (RFC 6298 §2.4, RFC 8985 §7.2). And it sent them
    /// behind what stands before them, and no earlier. So it is no resend where
    /// - since that left, by the clock behind TSval, no round trip had passed when this left; or
    /// - that clock leaves no time for a timer, and whatever may have told of a loss came here less than a round trip ago: the
    ///   first of its overtakers, and what was sent again behind that which stands before it. (Where all of a flight is lost
    ///   but its first segment, sent again, RACK takes that for the word; so octets of lower numbers count.)
    private static func isTooSoon(
        _ placed: PlacedSegment, _ overtaker: SendingLog.Entry, sender: TCPSide, receiver: TCPSide, log: SendingLog
    ) -> Bool {
        let roundTrip = RoundTrip(sender: sender, receiver: receiver)
        let around = roundTrip.shortest / 4 * 3
        let tick = sender.timestampTick(log)
        guard around > 0, tick < .max,
            let earliest = earliestValue(of: placed, sender: sender, receiver: receiver, around, log: log)
        else { return false }
        let steps = Int64(Int32(bitPattern: placed.segment.timestampValue &- earliest.value))
        let sinceSent = (steps + 1) * Int64(tick)
        if sinceSent < Int64(around) { return true }
        return sinceSent < Int64(roundTrip.timeout / 10 * 7) && !earliest.isFollowedByWord
            && placed.moment &- overtaker.sending.timestamp.ticks < around
    }

    /// The TSval of what stands before a missing segment, sent for the first time: it left no earlier. Nil where none was seen.
    ///
    /// And whether something was sent again with that TSval or a later one, and came here at least `around` ago.
    private static func earliestValue(
        of placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, _ around: UInt32, log: SendingLog
    ) -> (value: UInt32, isFollowedByWord: Bool)? {
        var latestWord: UInt32?
        var lower = 0
        var entry = log.entry(sender.newestSending)
        for _ in 0..<SendingLog.searchLimit where entry.exists {
            let sending = entry.sending
            if sending.start < placed.end, sending.marks.contains(.timestamp) {
                lower += 1
                guard lower < lowerSearchLimit else { return nil }
                // Data follows a SYN, whether that was sent again or not.
                let isSYN = sending.start == 0 && sender.hasSYN
                if sending.marks.isDisjoint(with: [.belowHighest, .doubled]) || isSYN {
                    guard sending.end <= placed.start else { return nil }
                    let value = sending.timestampValue
                    let isFollowed = latestWord.map { Int32(bitPattern: $0 &- value) >= 0 }
                    return (value, isFollowed ?? false)
                }
                if placed.moment &- sending.timestamp.ticks >= around {
                    let value = sending.timestampValue
                    latestWord = latestWord.map { Int32(bitPattern: value &- $0) > 0 ? value : $0 } ?? value
                }
            }
            entry = log.previous(of: entry)
        }
        return nil
    }

    /// Whether a router would not refuse a segment for its size: one as large as the other side takes was seen lately, its MSS
    /// less the options that each segment carries (RFC 6691), of which timestamps are the usual ones. Or two of just its
    /// size, not sent again, at least a round trip ago, and none larger: so the sender had cut its data for this path before.
    /// (Sooner than that, what was refused may have been cut anew, and each piece of it overtaken by others.)
    private static func isSizeCrossing(
        _ placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, log: SendingLog
    ) -> Bool {
        let timestampsLength: UInt32 = 12
        let around = RoundTrip(sender: sender, receiver: receiver).shortest
        let length = UInt32(clamping: placed.end - placed.start)
        var isLargest = true
        var alike = 0
        var entry = log.entry(sender.newestSending)
        for _ in 0..<SendingLog.searchLimit {
            guard entry.exists else { break }
            let sending = entry.sending
            if receiver.announcedSize > 0, sending.length + timestampsLength >= UInt32(receiver.announcedSize) {
                return true
            }
            if sending.length > length { isLargest = false }
            if sending.length == length, sending.marks.isDisjoint(with: [.belowHighest, .doubled]),
                placed.moment &- sending.timestamp.ticks >= around
            {
                alike += 1
            }
            entry = log.previous(of: entry)
        }
        return isLargest && alike >= 2
    }
}
