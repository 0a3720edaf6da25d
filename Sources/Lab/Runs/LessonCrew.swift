internal import PacketCapture
internal import Timeline

/// The threads behind a run: they make the traffic, capture it, and hand all that happens to the feed. When the script is
/// done the captures end, and with them the feed.
///
/// Once it is made its captures are open: what can be refused was refused by then.
protocol LessonCrew: Sendable {
    var feed: TimelineFeed { get }
    /// What each capture counted, once it has ended.
    var statistics: [CaptureStatistics] { get }
    /// The first thing that went wrong.
    var failure: LessonError? { get }

    /// Starts the script.
    func start() throws(LessonError)

    /// Ends the captures early.
    func stop()

    /// The entry with what became known of it while it waited for its place.
    func complete(_ entry: TimelineEntry) -> TimelineEntry
}
