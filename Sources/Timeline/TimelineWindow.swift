public import PacketDecode

/// Puts entries from several sources into the order of their times.
///
/// Each source is late by a little: a frame waits in the kernel's ring, a call is told when it returns. So entries wait
/// here until the window has passed over their time. It does no I/O and has no clock: the caller says what time it is.
///
/// Invariant: `waiting` is sorted by time, and by arrival where times are equal.
public struct TimelineWindow: ~Copyable {
    /// Nanoseconds that an entry waits for earlier ones.
    public let length: Int64
    private var waiting: [TimelineEntry] = []
    /// The time of the last entry that was released.
    private var releasedUpTo: Timestamp?
    /// Entries that came after a later one had been released: out of order, however they are shown.
    public private(set) var lateCount = 0

    /// - Parameter length: nanoseconds, at least 0.
    public init(length: Int64) { self.length = max(0, length) }

    /// How many entries wait.
    public var count: Int { waiting.count }

    /// Takes an entry in. O(1) for one that is the latest, which most are. A call that took so long that its place has passed
    /// when it is told stands at its end.
    public mutating func insert(_ entry: TimelineEntry) {
        var entry = entry
        if let releasedUpTo, entry.time < releasedUpTo, let ended = entry.atEnd { entry = ended }
        if let releasedUpTo, entry.time < releasedUpTo { lateCount += 1 }
        var place = waiting.count
        while place > 0, waiting[place - 1].time > entry.time { place -= 1 }
        waiting.insert(entry, at: place)
    }

    /// Lends the entries whose time the window has passed, in order, and forgets them.
    ///
    /// - Parameter completeUpTo: entries later than this are held, however long ago they were; nil holds none.
    public mutating func release<Failure: Error>(
        now: Timestamp, completeUpTo: Timestamp? = nil, _ body: (TimelineEntry) throws(Failure) -> Void
    ) throws(Failure) {
        let edge = min(now.nanosecondsSinceEpoch - length, completeUpTo?.nanosecondsSinceEpoch ?? .max)
        let count = waiting.prefix { $0.time.nanosecondsSinceEpoch <= edge }.count
        try release(first: count, body)
    }

    /// Lends all entries that wait, in order: nothing more will come.
    public mutating func releaseAll<Failure: Error>(
        _ body: (TimelineEntry) throws(Failure) -> Void
    ) throws(Failure) {
        try release(first: waiting.count, body)
    }

    private mutating func release<Failure: Error>(
        first count: Int, _ body: (TimelineEntry) throws(Failure) -> Void
    ) throws(Failure) {
        guard count > 0 else { return }
        let ready = waiting[..<count]
        waiting.removeFirst(count)
        for entry in ready {
            releasedUpTo = max(releasedUpTo ?? entry.time, entry.time)
            try body(entry)
        }
    }

    /// When the first waiting entry is due, or nil where none waits.
    public var nextDue: Timestamp? {
        waiting.first.map { Timestamp(nanosecondsSinceEpoch: $0.time.nanosecondsSinceEpoch + length) }
    }
}
