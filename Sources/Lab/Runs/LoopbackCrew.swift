internal import FlowAnalysis
internal import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// The threads behind a run on a loopback interface: one captures, one plays the script. When the script is done the capture ends, and with it
/// the feed.
final class LoopbackCrew: LessonCrew {
    let feed = TimelineFeed()
    private let stage: Stage
    private let stopper: CaptureStopper
    private let outcome = Mutex(Outcome())

    private struct Outcome {
        var statistics: CaptureStatistics?
        var failure: LessonError?
    }

    init(script: @escaping @Sendable (Stage) throws -> Void, savefile: String?) throws(LessonError) {
        do throws(CaptureError) {
            stopper = try CaptureStopper()
        } catch {
            throw .capture(error)
        }
        stage = Stage(feed: feed)
        do throws(ThreadError) {
            _ = try SystemThread { [self] in
                do {
                    try capture(savefile: savefile) { try play(script) }
                } catch {
                    note(error)
                }
                feed.close()
            }
        } catch {
            throw .noThread(errno: error.errno)
        }
    }

    func stop() { stopper.stop() }

    /// All that a loopback's timeline says of an entry is known when the entry is.
    func complete(_ entry: TimelineEntry) -> TimelineEntry { entry }

    var statistics: [CaptureStatistics] { outcome.withLock { $0.statistics.map { [$0] } ?? [] } }
    var failure: LessonError? { outcome.withLock { $0.failure } }

    /// Keeps the first failure.
    private func note(_ error: any Error) {
        outcome.withLock { $0.failure = $0.failure ?? LessonError(error) }
    }

    /// Plays the script on a thread of its own and ends the capture when it is done.
    private func play(_ script: @escaping @Sendable (Stage) throws -> Void) throws(ThreadError) {
        _ = try SystemThread { [self] in
            do { try script(stage) } catch { note(error) }
            stopper.stop()
        }
    }

    /// Captures on the calling thread until the stop. `whenOpen` runs once the capture is open and misses nothing.
    private func capture(savefile: String?, whenOpen: () throws -> Void) throws {
        var capture = try LiveCapture(interface: "lo", stopper: stopper)
        let decoder = PacketDecoder(linkType: capture.linkType)
        let linkType = capture.linkType
        var flows = FlowTable()
        var writer: SavefileWriter?
        if let savefile {
            writer = try SavefileWriter(path: savefile, linkType: linkType, snapshotLength: capture.snapshotLength)
        }
        try whenOpen()
        var outcome = LiveCapture.Outcome.frames(0)
        while outcome != .stopped {
            let looked = Timestamp.now
            outcome = try capture.receive(until: .now + .milliseconds(10)) { info, bytes in
                try writer?.write(info, bytes)
                let packet = decoder.decode(bytes, originalLength: info.originalLength)
                let flow = flows.observe(packet, info)
                let event = PacketEvent(
                    info: info, linkType: linkType, packet: packet, bytes: bytes.indices.map { bytes[$0] }, flow: flow)
                feed.push(TimelineEntry(event))
                if event.retransmission != nil { stage.askKernel(on: .retransmission(frame: info.number)) }
                stage.wire.observe(event)
            }
            // Fewer than were asked for, or none: the ring is empty of what it held at the look.
            if outcome != .frames(LiveCapture.defaultLimit) { feed.noteComplete(upTo: looked) }
            // An interrupt ends the program at once: what the timeline has shown is then in the file, too.
            try writer?.flush()
        }
        try writer?.close()
        let statistics = try capture.statistics()
        self.outcome.withLock { $0.statistics = statistics }
    }
}
