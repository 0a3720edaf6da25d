/// What a `StreamAssembler` has to say. Positions are relative sequence numbers of the stream's side, unwrapped to 64 bits:
/// without data in the SYN the first octet is 1.
public enum StreamEvent: Sendable, BitwiseCopyable, Hashable {
    /// Octets of the stream, in order, from `start` on. They are lent beside the event.
    case data(start: Int64)
    /// The octets `start..<end` are missing, and the stream goes on behind them.
    case gap(start: Int64, end: Int64, GapReason)
    /// Octets came again and were others than the first time.
    case conflict(StreamConflict)

    /// Why octets are given up as missing.
    public enum GapReason: String, Sendable, BitwiseCopyable {
        /// The peer acknowledged them, so they were sent and arrived, but were not captured.
        case acknowledged
        /// Their frame was captured, but cut by the snapshot length before them.
        case cut
        /// What waits behind them passes the limit of what may wait.
        case limit
        /// The capture ended before they came.
        case endOfCapture
    }
}

/// Octets that came twice and differ. What the receiving program read depends on its system, and on what it discarded.
public struct StreamConflict: Sendable, BitwiseCopyable, Hashable {
    /// The first octet that differs.
    public var start: Int64
    /// Behind the last octet that differs.
    public var end: Int64
    /// Octets that differ; fewer than `end - start` where some between do not.
    public var octetCount: Int
    /// Which of the two the stream has. Octets that were delivered are `first`, whatever the policy is.
    public var kept: StreamOverlapPolicy
}

/// Which octets a stream has where two segments carry different ones at the same place.
public enum StreamOverlapPolicy: String, Sendable, BitwiseCopyable, CaseIterable {
    /// Those that came first.
    case first
    /// Those that came last, as long as the earlier ones wait for their turn.
    case last
}
