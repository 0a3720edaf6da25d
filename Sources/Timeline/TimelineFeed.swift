internal import Dispatch
public import PacketDecode
internal import Synchronization

/// Where the threads that see things happen hand them to the one that shows them.
///
/// Any thread may push; one takes. It is closed once, when nothing more will come.
public final class TimelineFeed: Sendable {
    private struct Contents {
        var entries: [TimelineEntry] = []
        /// Of each source, the moment before which it has handed over all.
        var completeness: [Timestamp] = []
        var isClosed = false
    }

    private let contents = Mutex(Contents())
    private let arrival = DispatchSemaphore(value: 0)

    public init() {}

    /// Hands an entry over. After `close()` it is kept all the same: what had happened by then is not lost.
    public func push(_ entry: TimelineEntry) {
        contents.withLock { $0.entries.append(entry) }
        arrival.signal()
    }

    /// One that hands over what it sees in the order of its coming, and knows how far it has come.
    ///
    /// Nothing later than that should be shown: on a busy machine a source may stall for longer than any window.
    public struct Source: Sendable {
        fileprivate let feed: TimelineFeed
        fileprivate let index: Int

        /// Says that it has handed over everything that happened before `moment`.
        public func noteComplete(upTo moment: Timestamp) {
            feed.contents.withLock { $0.completeness[index] = max($0.completeness[index], moment) }
        }

        /// Says that nothing more will come of it.
        public func end() { noteComplete(upTo: Timestamp(nanosecondsSinceEpoch: .max)) }
    }

    /// A new source. Until it says how far it has come, it has handed over nothing.
    public func addSource() -> Source {
        contents.withLock { contents in
            contents.completeness.append(Timestamp(nanosecondsSinceEpoch: .min))
            return Source(feed: self, index: contents.completeness.count - 1)
        }
    }

    /// Says that nothing more will come.
    public func close() {
        contents.withLock { $0.isClosed = true }
        arrival.signal()
    }

    /// Waits until something has come or `milliseconds` have passed, and takes all that is there.
    ///
    /// - Returns: the entries in the order of their coming; the moment before which all sources have handed over all, nil
    ///   where there is none; and whether the feed is closed and so, with these, exhausted.
    public func take(
        waitingAtMost milliseconds: Int
    ) -> (entries: [TimelineEntry], completeUpTo: Timestamp?, isExhausted: Bool) {
        if arrival.wait(timeout: .now() + .milliseconds(milliseconds)) == .success {
            // One wait takes all that has come, so the other signals are spent with it.
            while arrival.wait(timeout: .now()) == .success {}
        }
        return contents.withLock { contents in
            let entries = contents.entries
            contents.entries = []
            return (entries, contents.completeness.min(), contents.isClosed)
        }
    }
}
