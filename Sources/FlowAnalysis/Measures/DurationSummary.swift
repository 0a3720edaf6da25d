/// What time spans came to, in nanoseconds.
public struct DurationSummary: Sendable, Hashable {
    /// How many there were.
    public let count: UInt64
    public let minimum: Int64
    /// Exact for up to three spans; beyond, off by at most 1/16 of itself or 64 ns.
    public let median: Int64
    /// The 95th percentile; as exact as the median.
    public let percentile95: Int64
    public let maximum: Int64
}

/// How many segments bore a label.
public struct LabelCount: Sendable, Hashable {
    public let label: SegmentLabel.Kind
    public let segments: UInt64
}

/// How many segments were sent again for one cause, and the octets of data that they repeated.
public struct CauseCount: Sendable, Hashable {
    public let cause: SegmentLabel.Cause
    public let segments: UInt64
    public let octets: UInt64
}
