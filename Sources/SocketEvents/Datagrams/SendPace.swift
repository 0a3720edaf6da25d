/// When a sender's datagrams are due, and how many may leave back to back: a state machine without a clock.
///
/// The datagram with the index n is due n/rate seconds after the first. Due times are computed from the index, never added up, so
/// that a late wake-up delays what was due and nothing else: the count of a second stays the rate however long the sender
/// runs. Datagrams leave in bursts of `burst`, each at the time at which its last one is due. After a stall the bursts that
/// were missed follow at once; `largestBurst` tells how many left back to back then.
public struct SendPace: Sendable {
    /// What to do now.
    public enum Step: Sendable, Hashable {
        /// Give so many datagrams to the kernel, then tell `didSend`.
        case send(Int)
        /// Do nothing before this time, in nanoseconds of the clock that `next(at:)` is given.
        case wait(until: Int64)
        /// All are sent, or the time is over.
        case end
    }

    /// Datagrams a second; nil for as fast as can be.
    public let rate: Double?
    /// Datagrams that leave back to back while the pace is held.
    public private(set) var burst: Int
    /// The most datagrams that have left without a wait between them.
    public private(set) var largestBurst = 0
    /// Datagrams sent so far.
    public private(set) var sent = 0

    /// Datagrams to send in all; nil where only the time limits them.
    private let count: Int?
    /// How long to send, in nanoseconds; nil where only the count limits it.
    private let duration: Int64?
    /// When the first datagram is due; nil until `next(at:)` is first asked.
    private var start: Int64?
    /// Datagrams sent since the last wait.
    private var run = 0

    /// Bursts of an eighth of a millisecond's datagrams: a wake-up that comes late moves no more than that into the next
    /// second.
    public static func defaultBurst(rate: Double?) -> Int {
        guard let rate else { return unpacedBurst }
        return max(1, min(unpacedBurst, Int(rate / 8000)))
    }

    /// Datagrams that go to the kernel at once where no pace is kept.
    public static let unpacedBurst = 64

    /// - Precondition: `rate` is positive and finite.
    public init(rate: Double?, burst: Int? = nil, count: Int? = nil, duration: Int64? = nil) {
        if let rate { precondition(rate > 0 && rate.isFinite, "a pace needs a rate") }
        self.rate = rate
        self.burst = max(1, burst ?? Self.defaultBurst(rate: rate))
        self.count = count
        self.duration = duration
    }

    /// Lets no more than `most` datagrams leave with one call.
    mutating func limitBurst(to most: Int) { burst = min(burst, most) }

    /// What to do at `now`, in nanoseconds of any clock that does not go back.
    public mutating func next(at now: Int64) -> Step {
        let start = start ?? now
        self.start = start
        let elapsed = now - start
        let left = (total ?? .max) - sent
        guard left > 0 else { return .end }
        guard let rate else {
            if let duration, elapsed >= duration { return .end }
            return .send(min(burst, left))
        }
        let size = min(burst, left)
        let due = Int(min(Double(elapsed) * rate / 1e9, 9e15)) + 1 - sent
        if due >= size { return .send(size) }
        let time = dueTime(ofIndex: sent + size - 1)
        // Rounding may put the time at which a datagram is due a nanosecond before the one at which it counts as due.
        if time <= elapsed { return .send(size) }
        run = 0
        return .wait(until: start + time)
    }

    /// Tells that the kernel took `count` datagrams.
    public mutating func didSend(_ count: Int) {
        sent += count
        run += count
        largestBurst = max(largestBurst, run)
    }

    /// Datagrams to send in all: those due before the time is over, and no more than the count.
    private var total: Int? {
        guard let rate, let duration else { return count }
        let due = Int(min((Double(duration) * rate / 1e9).rounded(.up), 9e15))
        return min(due, count ?? .max)
    }

    /// Nanoseconds from the first datagram to the one with this index. Double holds them exactly for a hundred days.
    private func dueTime(ofIndex index: Int) -> Int64 {
        guard let rate else { return 0 }
        return Int64(min((Double(index) * 1e9 / rate).rounded(.up), 4e18))
    }
}
