public import PacketDecode

/// Where the intervals of a measurement end: each begins where the one before ended, counted from the measurement's start, so
/// that a report that comes late moves no boundary.
public struct ReportIntervals: Sendable, Hashable {
    public let origin: Timestamp
    /// Nanoseconds; nil for a measurement without intervals.
    public let length: Int64?
    /// Intervals that are over and were handed out.
    private var closed: Int64 = 0

    public init(origin: Timestamp, length: Int64?) {
        self.origin = origin
        self.length = length.map { max(1, $0) }
    }

    /// When the present interval started.
    public var start: Timestamp { length.map { origin.advanced(by: closed &* $0) } ?? origin }

    /// When the present interval ends; nil where there are none.
    public var end: Timestamp? { length.map { origin.advanced(by: (closed + 1) &* $0) } }

    /// Closes the present interval where it is over at `now`, and returns it. To be asked before anything that happened at `now`
    /// is counted: then intervals that are passed over, because nobody asked, are empty.
    public mutating func close(at now: Timestamp) -> Range<Timestamp>? {
        guard let length, let end, now >= end else { return nil }
        let interval = start..<end
        closed = max(closed + 1, origin.distance(to: now) / length)
        return interval
    }
}
