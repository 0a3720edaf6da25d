import PacketDecode

/// What tells of a segment, all of whose octets were seen, that it is a frame seen before.
struct Doubling: BitwiseCopyable {
    /// The frame that it is once more; without `exists` where nothing tells.
    let first: SendingLog.Entry
    let reason: SegmentLabel.Reason
}

extension TCPConnection {
    /// Looks for proof that the link doubled a segment: by its identification (RFC 6864), or by its TSval.
    static func doubling(
        of placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, log: SendingLog
    ) -> Doubling {
        let newest = log.entry(sender.newestSending)
        if isDoubledOpening(placed, newest) {
            let isIdentified = placed.segment.identification != 0
            return Doubling(first: newest, reason: isIdentified ? .identificationEqual : .timestampEqual)
        }
        if isDoubledAtOnce(placed, newest, log) { return Doubling(first: newest, reason: .identificationEqual) }
        let isIdentified = placed.segment.identification != 0 && sender.knows(.identificationChanges)
        guard isIdentified || isTimestampProof(of: placed, sender: sender, receiver: receiver, log: log) else {
            return Doubling(first: log.entry(0), reason: .noEvidence)
        }
        var entry = newest
        for _ in 0..<SendingLog.searchLimit {
            guard entry.exists else { break }
            if entry.sending.start == placed.start, entry.sending.end == placed.end,
                placed.segment.isSameFrame(as: entry.sending),
                placed.moment &- entry.sending.timestamp.ticks < doubleLimit
            {
                return Doubling(first: entry, reason: isIdentified ? .identificationEqual : .timestampEqual)
            }
            entry = log.previous(of: entry)
        }
        return Doubling(first: log.entry(0), reason: .noEvidence)
    }

    /// The longest time, in ticks of 1,024 ns, between a frame and its double: 1 s. No link keeps a frame that long; what comes
    /// later with the same identification was sent again by a stack that draws no new one.
    private static let doubleLimit: UInt32 = 1_000_000_000 >> 10
    /// The longest time, in ticks of 1,024 ns, between a SYN and its double: 250 ms, a quarter of the timer below.
    private static let openingDoubleLimit: UInt32 = 250_000_000 >> 10
    /// What a timer of the handshake starts with (RFC 6298 §2.1), in ticks.
    static let initialTimeout: UInt32 = 1_000_000_000 >> 10
    /// Sooner than this after a SYN a frame may answer it: 5 ms, in ticks.
    private static let answerLimit = 5 * RoundTrip.ticksPerMillisecond

    /// Whether the link doubled a SYN that is the first frame of its direction, as `first` was.
    ///
    /// Nothing is known yet of whether identifications change here, so that an equal one alone proves nothing. With it, or
    /// where both have none, the TSval must be the same, and the time between too short for a resend: the timer of a SYN
    /// starts at 1 s or more (RFC 6298 §2.1), in which the clock behind TSval would have ticked, too (RFC 7323 §5.4: once a
    /// second or faster). A SYN ACK without an identification may be sent again sooner: see `isAnswerOrDouble`.
    private static func isDoubledOpening(_ placed: PlacedSegment, _ first: SendingLog.Entry) -> Bool {
        guard first.exists, placed.flags.contains(.syn), placed.segment.hasTimestamp,
            placed.segment.identification != 0 || !placed.hasACK
        else { return false }
        return first.sending.start == placed.start && first.sending.end == placed.end
            && placed.segment.isSameFrame(as: first.sending)
            && placed.moment &- first.sending.timestamp.ticks < openingDoubleLimit
    }

    /// No timer sends again sooner: 5 ms, in ticks.
    private static let atOnceLimit = 5 * RoundTrip.ticksPerMillisecond

    /// Whether the link doubled the first frame that was seen of a side, in mid-stream.
    ///
    /// Again nothing is known of whether identifications change. But it is too soon for any timer, and without an earlier frame
    /// there was nothing that duplicate ACKs could have asked for.
    private static func isDoubledAtOnce(
        _ placed: PlacedSegment, _ first: SendingLog.Entry, _ log: SendingLog
    ) -> Bool {
        guard first.exists, !log.previous(of: first).exists, !placed.flags.contains(.syn),
            placed.segment.identification != 0
        else { return false }
        return first.sending.start == placed.start && first.sending.end == placed.end
            && placed.segment.isSameFrame(as: first.sending)
            && placed.moment &- first.sending.timestamp.ticks < atOnceLimit
    }

    /// Whether an equal TSval proves that a segment is the frame that had it before, where the identification tells nothing
    /// (IPv6 has none; RFC 6864 §4.1: 0 or constant ones prove nothing).
    ///
    /// What makes a sender send octets again comes a round trip after they were sent, or later: an ACK or a SACK of what it
    /// sent behind them (RFC 6675 §4, RFC 8985 §6.2), or a timer that is no shorter (RFC 6298 §2.4, RFC 8985 §7.2). Where
    /// the clock behind TSval ticks several times in a round trip, a resend has another TSval. Equal duplicate ACKs, which
    /// the link may double, can make a sender resend sooner where SACK was not agreed (RFC 5681 §3.2): it proves nothing
    /// then. Nor does it of a SYN or a SYN ACK.
    private static func isTimestampProof(
        of placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, log: SendingLog
    ) -> Bool {
        guard placed.segment.hasTimestamp, !placed.flags.contains(.syn), sender.knows(.sackPermitted),
            receiver.knows(.sackPermitted)
        else { return false }
        let around = RoundTrip(sender: sender, receiver: receiver).shortest
        return around > 0 && sender.timestampTick(log) <= around / 4
    }

    /// Whether a SYN ACK that comes once more is one of two things that nobody can tell apart here: the link doubled it; or
    /// the link doubled the SYN that it answers, out of sight, and its sender answered twice.
    ///
    /// A sender's own timer runs out after a second or more (RFC 6298 §2.1). Sooner than that, only a SYN makes it answer
    /// again (RFC 9293 §3.10.7.4). Where that SYN was seen, the answer is one. Where it was not, an identification that is the
    /// same as before, which may be none (RFC 6864 §4.1), and the same TSval leave both open; another TSval or
    /// identification tells that it was made anew.
    static func isAnswerOrDouble(
        _ placed: PlacedSegment, sender: TCPSide, receiver: TCPSide, log: SendingLog
    ) -> Bool {
        let first = log.entry(sender.newestSending)
        guard placed.flags.isSuperset(of: [.syn, .ack]), first.exists, first.sending.start == placed.start,
            first.sending.end == placed.end, placed.segment.isSameFrame(as: first.sending),
            placed.moment &- first.sending.timestamp.ticks < initialTimeout
        else { return false }
        // Of several SYNs, the last may have come with the first answer, or behind it: the second one answers it then.
        guard let lastSYN = latestOfSeveralSYNs(receiver, log) else { return true }
        let elapsed = Int32(bitPattern: first.sending.timestamp.ticks &- lastSYN.sending.timestamp.ticks)
        return elapsed >= Int32(answerLimit)
    }

    /// The last SYN that was seen of a side, doubled ones as well; nil where it was seen once, or not at all.
    private static func latestOfSeveralSYNs(_ side: TCPSide, _ log: SendingLog) -> SendingLog.Entry? {
        guard side.hasSYN else { return nil }
        var latest: SendingLog.Entry?
        var entry = log.entry(side.newestSending)
        for _ in 0..<SendingLog.searchLimit where entry.exists {
            if entry.sending.start == 0 {
                if let latest { return latest }
                latest = entry
            }
            entry = log.previous(of: entry)
        }
        return nil
    }
}

extension TCPSide {
    /// The most segments that are looked at to learn how fast the clock behind TSval ticks.
    private static let tickSearchLimit = 64

    /// How long a tick of the clock behind TSval is (RFC 7323 §5.4: 1 ms to 1 s), in ticks of 1,024 ns; `max` where it is not
    /// seen to tick. Over the longest time that was seen, for a link brings segments together and apart.
    func timestampTick(_ log: SendingLog) -> UInt32 {
        let newest = log.entry(newestSending)
        guard newest.exists, newest.sending.marks.contains(.timestamp) else { return .max }
        var longest: UInt32 = 0
        var tick = UInt32.max
        var entry = newest
        for _ in 0..<Self.tickSearchLimit {
            entry = log.previous(of: entry)
            guard entry.exists else { break }
            guard entry.sending.marks.contains(.timestamp) else { continue }
            let steps = Int32(bitPattern: newest.sending.timestampValue &- entry.sending.timestampValue)
            let elapsed = newest.sending.timestamp.ticks &- entry.sending.timestamp.ticks
            guard steps > 1, elapsed < 1 << 31, elapsed > longest else { continue }
            longest = elapsed
            // Of n steps, n - 1 are whole ticks.
            tick = elapsed / UInt32(steps - 1)
        }
        return tick
    }
}
