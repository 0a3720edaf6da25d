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
        case dropped
        /// To be delivered at these moments: one, or two for a frame that the link doubles.
        case delivered(first: Timestamp, second: Timestamp?)
        /// Delivered later than frames that entered behind it.
        case overtaken(at: Timestamp)
    }

    public init(number: UInt64, kind: FrameKind, arrival: Timestamp, verdict: Verdict) {
        self.number = number
        self.kind = kind
        self.arrival = arrival
        self.verdict = verdict
    }
}
