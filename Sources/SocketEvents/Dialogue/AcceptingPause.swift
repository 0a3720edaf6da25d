/// A server's pause in accepting, while the process or the system lacks what a connection needs: told once when it begins, and
/// once when all who waited are accepted. It does no waiting itself.
public struct AcceptingPause: Sendable {
    /// How long until accepting is tried again.
    public static let nanoseconds: Int64 = 100_000_000

    /// What is lacking; nil where there is no pause.
    public private(set) var errno: Int32?
    private var since: Int64 = 0

    public init() {}

    /// Accepting failed for a lack of something: what is to be told, where this is news.
    public mutating func begin(errno: Int32, at now: Int64 = MonotonicClock.nanoseconds) -> ServiceReport? {
        let isNews = self.errno == nil
        if isNews { since = now }
        self.errno = errno
        return isNews ? .acceptingPaused(errno: errno) : nil
    }

    /// Nobody waits any more: what is to be told, where there was a pause.
    public mutating func end(at now: Int64 = MonotonicClock.nanoseconds) -> ServiceReport? {
        guard errno != nil else { return nil }
        errno = nil
        return .acceptingResumed(after: now &- since)
    }
}
