public import PacketDecode

/// Puts entries from several sources into the order of their times.
///
/// Each source is late by a little: a frame waits in the kernel's ring, a call is told when it returns. So entries wait
/// here until the window has passed over their time. It does no I/O and has no clock: the caller says what time it is.
///
/// Invariant: `entries[first...]` wait, sorted by time, and by arrival where times are equal. What stands before them was
/// released, and is forgotten when it is as many: so that an entry costs the same however many wait.
public struct TimelineWindow: ~Copyable {
    /// Nanoseconds that an entry waits for earlier ones.
    public let length: Int64
    private var entries: [TimelineEntry] = []
    private var first = 0
    /// The time of the last entry that was released.
    private var releasedUpTo: Timestamp?
    /// Entries that came after a later one had been released: out of order, however they are shown.
    public private(set) var lateCount = 0

    /// - Parameter length: nanoseconds, at least 0.
    public init(length: Int64) { self.length = max(0, length) }

    /// How many entries wait.
    public var count: Int { entries.count - first }

    /// Takes an entry in. O(1) for one that is the latest, which most are. A call that took so long that its place has passed
    /// when it is told stands at its end.
    public mutating func insert(_ entry: TimelineEntry) {
        var entry = entry
        if let releasedUpTo, entry.time < releasedUpTo, let ended = entry.atEnd { entry = ended }
        if let releasedUpTo, entry.time < releasedUpTo { lateCount += 1 }
        var place = entries.count
        while place > first, entries[place - 1].time > entry.time { place -= 1 }
        entries.insert(entry, at: place)
    }

    /// Lends the entries whose time the window has passed, in order, and forgets them.
    ///
    /// - Parameter completeUpTo: entries later than this are held, however long ago they were; nil holds none.
    public mutating func release<Failure: Error>(
        now: Timestamp, completeUpTo: Timestamp? = nil, _ body: (TimelineEntry) throws(Failure) -> Void
    ) throws(Failure) {
        let edge = min(now.nanosecondsSinceEpoch - length, completeUpTo?.nanosecondsSinceEpoch ?? .max)
        try release(upTo: Timestamp(nanosecondsSinceEpoch: edge), body)
    }

    /// Lends all entries that wait, in order: nothing more will come.
    public mutating func releaseAll<Failure: Error>(
        _ body: (TimelineEntry) throws(Failure) -> Void
    ) throws(Failure) {
        try release(upTo: Timestamp(nanosecondsSinceEpoch: .max), body)
    }

    private mutating func release<Failure: Error>(
        upTo edge: Timestamp, _ body: (TimelineEntry) throws(Failure) -> Void
    ) throws(Failure) {
        defer {
            if first >= Self.leastForgotten, first * 2 >= entries.count {
                entries.removeFirst(first)
                first = 0
            }
        }
        while first < entries.count, entries[first].time <= edge {
            let entry = entries[first]
            first += 1
            releasedUpTo = max(releasedUpTo ?? entry.time, entry.time)
            try body(entry)
        }
    }

    private static let leastForgotten = 64

    /// When the first waiting entry is due, or nil where none waits.
    public var nextDue: Timestamp? {
        entries[first...].first.map { Timestamp(nanosecondsSinceEpoch: $0.time.nanosecondsSinceEpoch + length) }
    }
}
