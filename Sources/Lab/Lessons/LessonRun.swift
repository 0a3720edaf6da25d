internal import FlowAnalysis
public import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
public import Timeline
internal import TrafficBlocking

/// One run of a lesson: a private network, a capture on it, the script, and the timeline of it all.
public struct LessonRun {
    /// Nanoseconds that the timeline waits for entries that are on their way: enough for two threads to be scheduled,
    /// and well below the 100 ms in which a person should see a thing.
    static let window: Int64 = 60_000_000

    public let lesson: Lesson
    /// Where the capture is kept too; nil for nowhere.
    public let savefile: String?

    /// Moves the process into the lesson's private network, where it stays. So it must come before the process starts a
    /// thread.
    ///
    /// - Throws: `LessonError.network`.
    public init(entering lesson: Lesson, savefile: String? = nil) throws(LessonError) {
        self.lesson = lesson
        self.savefile = savefile
        do throws(PrivateNetworkError) {
            try PrivateNetwork.enter(lesson.loopback)
        } catch {
            throw .network(error)
        }
    }

    /// Runs the lesson and lends each entry, in order, as it happens.
    ///
    /// - Throws: `LessonError`, after what had happened by then was shown; or what `show` throws.
    public func play(_ show: (TimelineEntry) throws -> Void) throws -> LessonRecord {
        let crew = try Crew(lesson: lesson, savefile: savefile)
        defer { crew.stopper.stop() }
        var record = LessonRecord()
        var window = TimelineWindow(length: Self.window)
        var isExhausted = false
        while !isExhausted {
            let (entries, completeUpTo, last) = crew.feed.take(waitingAtMost: 10)
            isExhausted = last
            for entry in entries { window.insert(entry) }
            let keep: (TimelineEntry) throws -> Void = { entry in
                record.entries.append(entry)
                try show(entry)
            }
            if last {
                try window.releaseAll(keep)
            } else {
                try window.release(now: .now, completeUpTo: completeUpTo, keep)
            }
        }
        record.lateCount = window.lateCount
        record.statistics = crew.statistics
        if let failure = crew.failure { throw failure }
        return record
    }
}

/// The threads behind a run: one captures, one plays the script. When the script is done the capture ends, and with it
/// the feed.
private final class Crew: Sendable {
    let feed = TimelineFeed()
    let stage: Stage
    let stopper: CaptureStopper
    private let outcome = Mutex(Outcome())

    private struct Outcome {
        var statistics: CaptureStatistics?
        var failure: LessonError?
    }

    init(lesson: Lesson, savefile: String?) throws(LessonError) {
        do throws(CaptureError) {
            stopper = try CaptureStopper()
        } catch {
            throw .capture(error)
        }
        stage = Stage(feed: feed)
        do throws(ThreadError) {
            _ = try SystemThread { [self] in
                do {
                    try capture(savefile: savefile) { try play(lesson.script) }
                } catch {
                    note(error)
                }
                feed.close()
            }
        } catch {
            throw .noThread(errno: error.errno)
        }
    }

    var statistics: CaptureStatistics? { outcome.withLock { $0.statistics } }
    var failure: LessonError? { outcome.withLock { $0.failure } }

    /// Keeps the first failure.
    private func note(_ error: any Error) {
        let failure: LessonError =
            switch error {
            case let error as LessonError: error
            case let error as CaptureError: .capture(error)
            case let error as SocketError: .socket(error)
            case let error as ThreadError: .noThread(errno: error.errno)
            default: .notSeen("\(error)")
            }
        outcome.withLock { $0.failure = $0.failure ?? failure }
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
