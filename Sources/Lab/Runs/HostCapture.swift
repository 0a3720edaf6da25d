internal import Dispatch
internal import FlowAnalysis
internal import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// A capture on one host's interface, on a thread of its own.
final class HostCapture: Sendable {
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
    ///   - observe: takes each frame, with whether the host sent it; on the capture's thread.
    ///   - isCompleteUpTo: is told a moment before which all was handed over.
    init(
        on host: Host, _ name: HostName, savefile: String?,
        observe: @escaping @Sendable (PacketEvent, _ isOutgoing: Bool) -> Void,
        isCompleteUpTo: @escaping @Sendable (Timestamp) -> Void
    ) throws {
        stopper = try CaptureStopper()
        _ = try SystemThread { [self] in
            do {
                try host.namespace.enter()
                try run(on: host, name, savefile: savefile, observe, isCompleteUpTo)
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
    func stop() throws -> CaptureStatistics? {
        stopper.stop()
        hasEnded.wait()
        hasEnded.signal()
        let outcome = outcome.withLock { $0 }
        if let failure = outcome.failure { throw failure }
        return outcome.statistics
    }

    private func run(
        on host: Host, _ name: HostName, savefile: String?,
        _ observe: (PacketEvent, Bool) -> Void, _ isCompleteUpTo: (Timestamp) -> Void
    ) throws {
        var capture = try LiveCapture(interface: Host.interface, stopper: stopper)
        let linkType = capture.linkType
        let decoder = PacketDecoder(linkType: linkType)
        var flows = FlowTable()
        var writer: SavefileWriter?
        if let savefile {
            writer = try SavefileWriter(path: savefile, linkType: linkType, snapshotLength: capture.snapshotLength)
        }
        isOpen.signal()
        var outcome = LiveCapture.Outcome.frames(0)
        while outcome != .stopped {
            let looked = Timestamp.now
            outcome = try capture.receive(until: .now + .milliseconds(10)) { info, bytes in
                try writer?.write(info, bytes)
                let packet = decoder.decode(bytes, originalLength: info.originalLength)
                let flow = flows.observe(packet, info)
                var isOutgoing = false
                if case .ethernet(let header) = packet.link { isOutgoing = header.source == host.linkAddress }
                let event = PacketEvent(
                    info: info, linkType: linkType, packet: packet, bytes: bytes.indices.map { bytes[$0] }, flow: flow,
                    host: name)
                observe(event, isOutgoing)
            }
            if outcome != .frames(LiveCapture.defaultLimit) { isCompleteUpTo(looked) }
            try writer?.flush()
        }
        try writer?.close()
        let statistics = try capture.statistics()
        self.outcome.withLock { $0.statistics = statistics }
    }
}
