import PacketDecode

extension Timestamp {
    /// Ticks of 1,024 ns, modulo 2³².
    var ticks: UInt32 { UInt32(truncatingIfNeeded: nanosecondsSinceEpoch >> 10) }
}

extension TCPSide {
    /// Starts to measure a round trip with what ends at `end`, unless one is being measured.
    @inline(__always)
    mutating func startTiming(_ end: Int64, at ticks: UInt32) {
        guard !knows(.timed) else { return }
        forget(.timedByEcho)
        learn(.timed)
        timedEnd = UInt32(truncatingIfNeeded: end)
        timedAt = ticks
    }

    /// Takes an acknowledgment up to `position` as the end of a round trip where it is one.
    @inline(__always)
    mutating func stopTiming(_ position: Int64, at ticks: UInt32) {
        guard knows(.timed), Int32(bitPattern: UInt32(truncatingIfNeeded: position) &- timedEnd) >= 0 else { return }
        forget(.timed)
        let sample = ticks &- timedAt
        guard sample < 1 << 27 else { return }
        note(roundTrip: sample)
    }

    /// Starts to measure the way round with a segment without octets, where it is the first with its TSval.
    ///
    /// A side that only acknowledges sends nothing else that is answered, and the one round trip of the handshake may have
    /// been a long one. What comes back may have waited for the other side's program: so it betters the shortest one, no more.
    @inline(__always)
    mutating func startTimingEcho(of value: UInt32, at ticks: UInt32) {
        guard value != lastTimestampValue, knowledge.isSuperset(of: [.timestamp, .roundTrip]),
            knowledge.isDisjoint(with: [.timed, .timedByEcho])
        else { return }
        learn(.timedByEcho)
        timedEnd = value
        timedAt = ticks
    }

    /// Takes a TSecr as the end of that way: it is the answer to that segment or to a later one (RFC 7323 §4.3).
    @inline(__always)
    mutating func stopTimingEcho(_ echo: UInt32, at ticks: UInt32) {
        guard knows(.timedByEcho), echo != 0, Int32(bitPattern: echo &- timedEnd) >= 0 else { return }
        forget(.timedByEcho)
        shortestRoundTrip = min(shortestRoundTrip, ticks &- timedAt)
    }

    /// Finds, by TSecr, which of several sendings of the SYN is answered (RFC 7323 §4.1), and times that one instead of the last.
    ///
    /// Where it is an old one, the time tells nothing: the answer to it may have been lost, and have been sent again.
    mutating func retimeSYN(answeredBy segment: TCPSegment, at ticks: UInt32, log: SendingLog) {
        forget(.synSentAgain)
        guard segment.hasTimestamp, segment.timestampEcho != 0, knows([.timed, .timestamp]),
            segment.timestampEcho != lastTimestampValue
        else { return }
        var entry = log.entry(newestSending)
        for _ in 0..<SendingLog.searchLimit where entry.exists {
            let sending = entry.sending
            if sending.start == 0, sending.timestampValue == segment.timestampEcho,
                ticks &- sending.timestamp.ticks < TCPConnection.initialTimeout / 4
            {
                timedAt = sending.timestamp.ticks
                return
            }
            entry = log.previous(of: entry)
        }
        forget(.timed)
    }

    /// RFC 6298 §2.2 and §2.3.
    private mutating func note(roundTrip sample: UInt32) {
        if knows(.roundTrip) {
            let error = smoothedRoundTrip > sample ? smoothedRoundTrip - sample : sample - smoothedRoundTrip
            roundTripVariation = (3 * roundTripVariation + error) / 4
            smoothedRoundTrip = (7 * smoothedRoundTrip + sample) / 8
            shortestRoundTrip = min(shortestRoundTrip, sample)
        } else {
            learn(.roundTrip)
            smoothedRoundTrip = sample
            roundTripVariation = sample / 2
            shortestRoundTrip = sample
        }
    }
}

/// The way round, as both sides' acknowledgments show it; in ticks.
struct RoundTrip: BitwiseCopyable {
    /// The shortest way round; 0 where it is not known.
    let shortest: UInt32
    /// The retransmission timeout that a sender would have now (RFC 6298 §2.3), never less than Linux's 200 ms, for smaller
    /// ones are rare and a larger one is only noticed the better.
    let timeout: UInt32

    static let ticksPerMillisecond: UInt32 = 977

    /// Of segments of `sender`, which `receiver` acknowledges.
    init(sender: TCPSide, receiver: TCPSide) {
        let isKnown = sender.knows(.roundTrip) && receiver.knows(.roundTrip)
        shortest = isKnown ? sender.shortestRoundTrip + receiver.shortestRoundTrip : 0
        let smoothed =
            (sender.knows(.roundTrip) ? sender.smoothedRoundTrip : 0)
            + (receiver.knows(.roundTrip) ? receiver.shortestRoundTrip : 0)
        let variation = sender.knows(.roundTrip) ? 4 * sender.roundTripVariation : 0
        timeout = smoothed + max(200 * Self.ticksPerMillisecond, variation)
    }
}
