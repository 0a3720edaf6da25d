internal import Dispatch
public import PacketDecode
internal import Synchronization

/// Where the threads that see things happen hand them to the one that shows them.
///
/// Any thread may push; one takes. It is closed once, when nothing more will come.
public final class TimelineFeed: Sendable {
    private struct Contents {
        var entries: [TimelineEntry] = []
        var completeUpTo: Timestamp?
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

    /// Says that the source which lags most, the capture, has handed over everything that happened before `moment`. Once
    /// said, nothing later than the last such moment should be shown: on a busy machine that source may stall for longer
    /// than any window.
    public func noteComplete(upTo moment: Timestamp) {
        contents.withLock { $0.completeUpTo = max($0.completeUpTo ?? moment, moment) }
    }

    /// Says that nothing more will come.
    public func close() {
        contents.withLock { $0.isClosed = true }
        arrival.signal()
    }

    /// Waits until something has come or `milliseconds` have passed, and takes all that is there.
    ///
    /// - Returns: the entries in the order of their coming; the last moment noted as complete, nil where none was; and whether
    ///   the feed is closed and so, with these, exhausted.
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
            return (entries, contents.completeUpTo, contents.isClosed)
        }
    }
}
