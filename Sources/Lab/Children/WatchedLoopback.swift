internal import FlowAnalysis
internal import PacketCapture
internal import PacketDecode
internal import Timeline

/// The machine's own loopback interface, captured where the rights allow: no link, and everybody's traffic.
final class WatchedLoopback: WatchedNetwork {
    let feed: TimelineFeed
    let addresses = HostAddresses.loopback
    private let measurement: FlowMeasurement
    /// Nil where the rights do not allow it.
    private let capture: InterfaceCapture?
    /// Why there is no capture; nil where there is one.
    let hindrance: CaptureError?

    init(savefile: String?, isShown: Bool) throws {
        let (feed, measurement) = (TimelineFeed(), FlowMeasurement())
        (self.feed, self.measurement) = (feed, measurement)
        let source = feed.addSource()
        do {
            capture = try InterfaceCapture(
                InterfaceCapture.Plan(interface: "lo", savefile: savefile),
                observe: { event in
                    measurement.observe(event)
                    if isShown { feed.push(TimelineEntry(event)) }
                },
                isCompleteUpTo: { source.noteComplete(upTo: $0) })
            hindrance = nil
        } catch let error as CaptureError {
            // A file that cannot be written was asked for, and has nothing to do with rights.
            if case .cannotOpen = error { throw error }
            (capture, hindrance) = (nil, error)
            source.end()
        }
    }

    func namespace(of host: HostName) -> NetworkNamespace? { nil }

    func complete(_ entry: TimelineEntry) -> TimelineEntry { entry }

    func stop() throws -> NetworkRecord {
        var record = NetworkRecord()
        guard let capture else { return record }
        let statistics = try capture.stop()
        record.flows = measurement.summaries
        var counts = NetworkRecord.HostRecord()
        counts.frames = measurement.frames
        counts.droppedByKernel = statistics?.droppedByKernel ?? 0
        counts.labelledRetransmissions = record.flows.reduce(0) {
            $0 + $1.retransmissions(from: [$1.initiator.address, $1.responder.address])
        }
        record.hosts[.a] = counts
        return record
    }
}
