internal import Dispatch
internal import Synchronization

/// The last entries of a timeline that goes on, for readers that come late and may be slow: each reads on from its own
/// place, and none holds up the others or the timeline.
///
/// Any thread may append; each reader belongs to one thread.
public final class TimelineLog: Sendable {
    private struct Contents {
        /// The last entries; at most twice `limit`, so that forgetting costs little.
        var entries: [TimelineEntry] = []
        /// How many entries came before the first of them.
        var forgotten = 0
        var isClosed = false
        var arrivals: [ObjectIdentifier: DispatchSemaphore] = [:]
    }

    private let limit: Int
    private let contents = Mutex(Contents())

    /// - Parameter limit: how many entries are kept at least, where there were as many.
    public init(limit: Int) { self.limit = max(1, limit) }

    public func append(_ entry: TimelineEntry) {
        contents.withLock { contents in
            contents.entries.append(entry)
            if contents.entries.count >= 2 * limit {
                let excess = contents.entries.count - limit
                contents.entries.removeFirst(excess)
                contents.forgotten += excess
            }
            for arrival in contents.arrivals.values { arrival.signal() }
        }
    }

    /// Says that nothing more will come.
    public func close() {
        contents.withLock { contents in
            contents.isClosed = true
            for arrival in contents.arrivals.values { arrival.signal() }
        }
    }

    /// A reader's place in the log.
    public final class Reader: Sendable {
        /// What came since the last time.
        public struct News: Sendable {
            public var entries: [TimelineEntry]
            /// Entries before them that were forgotten before this reader came to them.
            public var missedCount: Int
            /// Whether, with these, nothing more will come.
            public var isLast: Bool
        }

        private let log: TimelineLog
        private let place: Mutex<Int>
        private let arrival = DispatchSemaphore(value: 0)

        /// Starts at the oldest entry that is kept.
        public init(_ log: TimelineLog) {
            self.log = log
            let arrival = arrival
            place = Mutex(log.contents.withLock { $0.forgotten })
            log.contents.withLock { $0.arrivals[ObjectIdentifier(self)] = arrival }
        }

        deinit { log.contents.withLock { _ = $0.arrivals.removeValue(forKey: ObjectIdentifier(self)) } }

        /// What came since the last time, without waiting.
        public func news() -> News {
            place.withLock { place in
                log.contents.withLock { contents in
                    let missed = max(0, contents.forgotten - place)
                    let entries = Array(contents.entries[max(0, place - contents.forgotten)...])
                    place = contents.forgotten + contents.entries.count
                    return News(entries: entries, missedCount: missed, isLast: contents.isClosed)
                }
            }
        }

        /// The same, once there is something.
        public func awaitNews() -> News {
            while true {
                let news = news()
                if news.isLast || !news.entries.isEmpty { return news }
                arrival.wait()
                // One look takes all that has come, so the other signals are spent with it.
                while arrival.wait(timeout: .now()) == .success {}
            }
        }
    }
}
