internal import PacketCapture
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// The threads behind a run on two hosts: one captures at each, the link's relays tell each frame's fate, and one plays
/// the script on host A.
final class LinkedCrew: LessonCrew {
    private struct Outcome {
        var statistics: [CaptureStatistics] = []
        var failure: LessonError?
    }

    let feed = TimelineFeed()
    private let link: LinkWatch
    private let stage: LinkStage
    private let script: @Sendable (LinkStage) throws -> Void
    private let patience: Int
    private let outcome = Mutex(Outcome())

    /// - Parameter patience: seconds after which the script is given up.
    init(
        conditions: LinkConditions, script: @escaping @Sendable (LinkStage) throws -> Void, patience: Int,
        savefile: String?
    ) throws(LessonError) {
        let (atA, atB) = (WireWatch(), WireWatch())
        do {
            link = try LinkWatch(conditions, savefile: savefile, feed: feed) { event in
                (event.host == .a ? atA : atB).observe(event)
            }
        } catch {
            throw LessonError(error)
        }
        stage = LinkStage(hosts: link.hosts, feed: feed, atA: atA, atB: atB)
        self.script = script
        self.patience = patience
    }

    func start() throws(LessonError) {
        do throws(ThreadError) {
            _ = try SystemThread { [self] in
                do { try play() } catch { note(error) }
                feed.close()
            }
        } catch {
            throw .noThread(errno: error.errno)
        }
    }

    var statistics: [CaptureStatistics] { outcome.withLock { $0.statistics } }
    var failure: LessonError? { outcome.withLock { $0.failure } }

    /// The script ends by itself: its waits have limits.
    func stop() {}

    func complete(_ entry: TimelineEntry) -> TimelineEntry { link.complete(entry) }

    /// Keeps the first failure.
    private func note(_ error: any Error) {
        outcome.withLock { $0.failure = $0.failure ?? LessonError(error) }
    }

    private func play() throws {
        let playing = try stage.start(on: .a) { [script, stage] in try script(stage) }
        do { try playing.wait(seconds: patience) } catch { note(error) }
        stage.stopSampling()
        // What the script left on the link still arrives.
        link.settle()
        let report = try link.stop()
        outcome.withLock { $0.statistics = HostName.allCases.compactMap { report.statistics[$0] } }
        let lost = report.link.values.reduce(0) { $0 + $1.lostUnmeant }
        if lost > 0 { throw LessonError.framesLost(lost) }
    }
}
