internal import FlowAnalysis
internal import Glibc
internal import PacketCapture
internal import PacketDecode
internal import SocketEvents
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

    /// Nanoseconds between the moment at which a relay sends a frame and the one that the capture gives it, at most.
    static let crossing: Int64 = 2_000_000

    let feed = TimelineFeed()
    private let ledger = FrameLedger()
    private let outcome = Mutex(Outcome())

    init(
        conditions: LinkConditions, script: @escaping @Sendable (LinkStage) throws -> Void, savefile: String?
    ) throws(LessonError) {
        do throws(ThreadError) {
            _ = try SystemThread { [self] in
                do {
                    try play(conditions, script, savefile: savefile)
                } catch {
                    outcome.withLock { $0.failure = $0.failure ?? LessonError(error) }
                }
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

    func complete(_ entry: TimelineEntry) -> TimelineEntry {
        guard case .link(let event) = entry.event else { return entry }
        return TimelineEntry(ledger.numbered(event))
    }

    private func play(
        _ conditions: LinkConditions, _ script: @escaping @Sendable (LinkStage) throws -> Void, savefile: String?
    ) throws {
        let completeness = Completeness(feed)
        let ledger = ledger
        let verdicts = LinkVerdicts(feed, ledger)
        let hosts = try LinkedHosts(
            fromA: conditions.fromA, fromB: conditions.fromB, rules: conditions.rules, seed: conditions.seed,
            maximumTransmissionUnit: conditions.maximumTransmissionUnit, linkMTU: conditions.linkMTU,
            observer: verdicts.observer)
        let feed = feed
        let stage = LinkStage(hosts: hosts, feed: feed)
        var captures: [HostCapture] = []
        for (name, host) in [(HostName.a, hosts.a), (.b, hosts.b)] {
            captures.append(
                try HostCapture(
                    on: host, name, savefile: savefile.map { LessonRun.savefile($0, of: name) },
                    observe: { event, isOutgoing in
                        ledger.noteCaptured(event, at: name, isOutgoing: isOutgoing)
                        feed.push(TimelineEntry(event))
                        stage.observe(event)
                    },
                    isCompleteUpTo: { moment in
                        let moment = moment.advanced(by: -Self.crossing)
                        completeness.note(name, upTo: min(moment, verdicts.oldestUntold(now: moment) ?? moment))
                    }))
        }
        let playing = try stage.start(on: .a) { try script(stage) }
        do { try playing.wait() } catch { outcome.withLock { $0.failure = LessonError(error) } }
        stage.stopSampling()
        // What the script left on the link still arrives.
        usleep(UInt32(clamping: (conditions.longestWay / 1000 + 5_000) * 2))
        for capture in captures {
            let statistics = try capture.stop()
            outcome.withLock { $0.statistics += statistics.map { [$0] } ?? [] }
        }
        let report = hosts.stop()
        verdicts.finish()
        let lost = report.fromA.lostUnmeant + report.fromB.lostUnmeant
        if lost > 0 { throw LessonError.framesLost(lost) }
    }
}
