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
