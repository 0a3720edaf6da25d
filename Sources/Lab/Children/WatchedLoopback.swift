internal import Dispatch
internal import FlowAnalysis
internal import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

/// The machine's own loopback interface, captured where the rights allow: no link, and everybody's traffic.
final class WatchedLoopback: WatchedNetwork {
    private struct Outcome {
        var droppedByKernel: UInt64 = 0
        var failure: CaptureError?
    }

    let feed = TimelineFeed()
    let addresses = HostAddresses.loopback
    private let stopper: CaptureStopper
    private let measurement = FlowMeasurement()
    private let outcome = Mutex(Outcome())
    private let isOpen = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(savefile: String?, isShown: Bool) throws {
        stopper = try CaptureStopper()
        _ = try SystemThread { [self] in
            do {
                try capture(savefile: savefile, isShown: isShown)
            } catch let error as CaptureError {
                outcome.withLock { $0.failure = error }
            } catch {
                outcome.withLock { $0.failure = .other(operation: "capture on lo", message: "\(error)") }
            }
            isOpen.signal()
            hasEnded.signal()
        }
        isOpen.wait()
    }

    /// Why there is no capture; nil where there is one.
    var hindrance: CaptureError? { outcome.withLock { $0.failure } }

    func namespace(of host: HostName) -> NetworkNamespace? { nil }

    func complete(_ entry: TimelineEntry) -> TimelineEntry { entry }

    func stop() throws -> NetworkRecord {
        stopper.stop()
        hasEnded.wait()
        hasEnded.signal()
        var record = NetworkRecord()
        record.flows = measurement.summaries
        var counts = NetworkRecord.HostRecord()
        counts.frames = measurement.frames
        counts.droppedByKernel = outcome.withLock { $0.droppedByKernel }
        counts.labelledRetransmissions = record.flows.reduce(0) {
            $0 + $1.retransmissions(from: [$1.initiator.address, $1.responder.address])
        }
        if hindrance == nil { record.hosts[.a] = counts }
        return record
    }

    private func capture(savefile: String?, isShown: Bool) throws {
        var capture = try LiveCapture(interface: "lo", stopper: stopper)
        let linkType = capture.linkType
        let decoder = PacketDecoder(linkType: linkType)
        var flows = FlowTable()
        var writer: SavefileWriter?
        if let savefile { writer = try SavefileWriter(path: savefile, linkType: linkType) }
        if isShown { feed.noteComplete(upTo: Timestamp(nanosecondsSinceEpoch: 0)) }
        isOpen.signal()
        var outcome = LiveCapture.Outcome.frames(0)
        while outcome != .stopped {
            let looked = Timestamp.now
            outcome = try capture.receive(until: .now + .milliseconds(10)) { info, bytes in
                try writer?.write(info, bytes)
                let packet = decoder.decode(bytes, originalLength: info.originalLength)
                let event = PacketEvent(
                    info: info, linkType: linkType, packet: packet, bytes: bytes.indices.map { bytes[$0] },
                    flow: flows.observe(packet, info))
                measurement.observe(event)
                if isShown { feed.push(TimelineEntry(event)) }
            }
            if isShown, outcome != .frames(LiveCapture.defaultLimit) { feed.noteComplete(upTo: looked) }
            try writer?.flush()
        }
        try writer?.close()
        let dropped = try capture.statistics().droppedByKernel
        self.outcome.withLock { $0.droppedByKernel = dropped }
    }
}
