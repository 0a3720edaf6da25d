internal import PacketCapture
internal import PacketDecode
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// The threads behind a run on a loopback interface: one captures, one plays the script. When the script is done the
/// capture ends, and with it the feed.
final class LoopbackCrew: LessonCrew {
    private struct Outcome {
        var statistics: CaptureStatistics?
        var failure: LessonError?
    }

    let feed: TimelineFeed
    private let stage: Stage
    private let capture: InterfaceCapture
    private let script: @Sendable (Stage) throws -> Void
    private let outcome = Mutex(Outcome())

    init(script: @escaping @Sendable (Stage) throws -> Void, savefile: String?) throws(LessonError) {
        let feed = TimelineFeed()
        let stage = Stage(feed: feed)
        let source = feed.addSource()
        (self.feed, self.stage, self.script) = (feed, stage, script)
        do {
            capture = try InterfaceCapture(
                InterfaceCapture.Plan(interface: "lo", savefile: savefile),
                observe: { event in
                    feed.push(TimelineEntry(event))
                    if event.retransmission != nil {
                        stage.askKernel(on: .retransmission(frame: event.info.number))
                    }
                    stage.wire.observe(event)
                },
                isCompleteUpTo: { source.noteComplete(upTo: $0) })
        } catch {
            throw LessonError(error)
        }
    }

    func start() throws(LessonError) {
        do throws(ThreadError) {
            _ = try SystemThread { [self] in
                do { try script(stage) } catch { note(error) }
                stop()
                feed.close()
            }
        } catch {
            throw .noThread(errno: error.errno)
        }
    }

    func stop() {
        do {
            let statistics = try capture.stop()
            outcome.withLock { $0.statistics = statistics }
        } catch {
            note(error)
        }
    }

    /// All that a loopback's timeline says of an entry is known when the entry is.
    func complete(_ entry: TimelineEntry) -> TimelineEntry { entry }

    var statistics: [CaptureStatistics] { outcome.withLock { $0.statistics.map { [$0] } ?? [] } }
    var failure: LessonError? { outcome.withLock { $0.failure } }

    /// Keeps the first failure.
    private func note(_ error: any Error) {
        outcome.withLock { $0.failure = $0.failure ?? LessonError(error) }
    }
}
