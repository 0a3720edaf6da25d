internal import Dispatch
internal import FlowAnalysis
internal import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// A capture on one interface, on a thread of its own: each frame is decoded, seen in its flow, and kept in a file where
/// one is wanted.
final class InterfaceCapture: Sendable {
    /// Where it captures, and how.
    struct Plan: Sendable {
        var interface: String
        /// Nil for the process's own.
        var namespace: NetworkNamespace?
        /// Named in the events; nil where there is one host alone.
        var host: HostName?
        var options = LiveCaptureOptions()
        /// The file that the frames are kept in, too.
        var savefile: String?
    }

    private struct Outcome {
        var statistics: CaptureStatistics?
        var failure: (any Error)?
    }

    private let stopper: CaptureStopper
    private let outcome = Mutex(Outcome())
    private let isOpen = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Starts, and returns once no frame can be missed.
    ///
    /// - Parameters:
    ///   - observe: takes each frame, on the capture's thread.
    ///   - isCompleteUpTo: is told a moment before which all was handed over.
    /// - Throws: `CaptureError`, `PrivateNetworkError` or `ThreadError`.
    init(
        _ plan: Plan, observe: @escaping @Sendable (PacketEvent) -> Void,
        isCompleteUpTo: @escaping @Sendable (Timestamp) -> Void
    ) throws {
        stopper = try CaptureStopper()
        _ = try SystemThread { [self] in
            do {
                try plan.namespace?.enter()
                try run(plan, observe, isCompleteUpTo)
            } catch {
                outcome.withLock { $0.failure = error }
            }
            isOpen.signal()
            hasEnded.signal()
        }
        isOpen.wait()
        if let failure = outcome.withLock({ $0.failure }) { throw failure }
    }

    /// Ends the capture once it has handed over all that came before, and returns what it counted.
    ///
    /// - Throws: what ended it before, if something did.
    @discardableResult
    func stop() throws -> CaptureStatistics? {
        stopper.stop()
        hasEnded.wait()
        hasEnded.signal()
        let outcome = outcome.withLock { $0 }
        if let failure = outcome.failure { throw failure }
        return outcome.statistics
    }

    private func run(
        _ plan: Plan, _ observe: (PacketEvent) -> Void, _ isCompleteUpTo: (Timestamp) -> Void
    ) throws {
        var capture = try LiveCapture(interface: plan.interface, options: plan.options, stopper: stopper)
        let linkType = capture.linkType
        let decoder = PacketDecoder(linkType: linkType)
        var flows = FlowTable()
        var web = HTTPWatch()
        var writer: SavefileWriter?
        if let savefile = plan.savefile {
            writer = try SavefileWriter(path: savefile, linkType: linkType, snapshotLength: capture.snapshotLength)
        }
        isOpen.signal()
        var outcome = LiveCapture.Outcome.frames(0)
        while outcome != .stopped {
            let looked = Timestamp.now
            outcome = try capture.receive(until: .now + .milliseconds(10)) { info, bytes in
                try writer?.write(info, bytes)
                let packet = decoder.decode(bytes, originalLength: info.originalLength)
                let flow = flows.observe(packet, info, bytes)
                let http = if let flow { web.observe(packet, bytes, flow) } else { [HTTPEvent]() }
                observe(
                    PacketEvent(
                        info: info, linkType: linkType, packet: packet, bytes: bytes.indices.map { bytes[$0] },
                        flow: flow, http: http, host: plan.host))
            }
            // Fewer than were asked for, or none: the ring is empty of what it held at the look.
            if outcome != .frames(LiveCapture.defaultLimit) { isCompleteUpTo(looked) }
            // An interrupt ends the program at once: what the timeline has shown is then in the file, too.
            try writer?.flush()
        }
        try writer?.close()
        let statistics = try capture.statistics()
        self.outcome.withLock { $0.statistics = statistics }
    }
}
