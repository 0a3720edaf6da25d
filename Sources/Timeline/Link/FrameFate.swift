public import PacketDecode

/// What became of one frame on the link.
public struct FrameFate: Sendable, Hashable {
    /// The frame's place among those that entered the link in its direction, from 1.
    public let number: UInt64
    public let kind: FrameKind
    /// When the link took it in, on the frames' clock.
    public let arrival: Timestamp
    public let verdict: Verdict

    public enum Verdict: Sendable, Hashable {
        /// Dropped by the link, as it was told to.
        case dropped(DropCause)
        /// To be delivered at these moments: one, or two for a frame that the link doubles.
        case delivered(first: Timestamp, second: Timestamp?)
        /// Held longer than the others, by chance or by a rule, and delivered at this moment: frames that entered behind it may
        /// have left before.
        case overtaken(at: Timestamp)
        /// Delivered with an octet changed, so that its checksum no longer holds.
        case corrupted(at: Timestamp)
    }

    /// Why the link dropped a frame.
    public enum DropCause: Sendable, Hashable {
        /// Drawn, by the chance of loss.
        case loss
        /// Drawn, in the bad state of burst loss (Gilbert 1960, Elliott 1963).
        case burst
        /// A rule said so: its place in the rule text, from 1.
        case rule(Int)
        /// The queue before the link's rate was full.
        case queueFull
        /// It is larger than the link's MTU; the link answered with an ICMP error, or none was due.
        case tooBig
        /// Its time to live, or hop limit, was used up.
        case expired
    }

    public init(number: UInt64, kind: FrameKind, arrival: Timestamp, verdict: Verdict) {
        self.number = number
        self.kind = kind
        self.arrival = arrival
        self.verdict = verdict
    }

    /// Whether the frame never reached the other end.
    public var isDropped: Bool { if case .dropped = verdict { true } else { false } }

    /// When the link was done with the frame: its last departure, or its arrival where it was dropped.
    public var end: Timestamp {
        switch verdict {
        case .dropped: arrival
        case .delivered(let first, let second): second ?? first
        case .overtaken(let departure), .corrupted(let departure): departure
        }
    }

    /// How often the frame leaves the link.
    public var departureCount: Int {
        switch verdict {
        case .dropped: 0
        case .delivered(_, let second): second == nil ? 1 : 2
        case .overtaken, .corrupted: 1
        }
    }

    /// The same fate with the moments at which the frame left, in order: a busy relay lets it out a little later than it
    /// was due. Where there are fewer than it was to leave at, it stays as it is.
    public func departed(_ moments: [Timestamp]) -> FrameFate {
        guard let first = moments.first, moments.count >= departureCount else { return self }
        let verdict: Verdict =
            switch verdict {
            case .dropped: verdict
            case .delivered(_, let second): .delivered(first: first, second: second == nil ? nil : moments[1])
            case .overtaken: .overtaken(at: first)
            case .corrupted: .corrupted(at: first)
            }
        return FrameFate(number: number, kind: kind, arrival: arrival, verdict: verdict)
    }
}
