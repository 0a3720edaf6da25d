internal import PacketDecode
internal import Synchronization

/// A test that runs: its streams, their meter, and who is told of what it measures. One for each end, whatever the manner.
package final class Iperf3Measurement: Sendable {
    package let transfer: BulkTransfer
    private let manner: IOManner
    private let interval: Int64?
    private let events: @Sendable (Iperf3Event) -> Void
    private let running = Mutex<Running?>(nil)

    private struct Running {
        var meter: StreamMeter
        let start: Int64
        let processor: ProcessorTime
        var outcome: Iperf3Results?
        var end: Timestamp?
    }

    /// `interval`: nanoseconds between reports; nil for none.
    package init(
        _ transfer: BulkTransfer, manner: IOManner, interval: Int64?, events: @escaping @Sendable (Iperf3Event) -> Void
    ) {
        self.transfer = transfer
        self.manner = manner
        self.interval = interval
        self.events = events
    }

    /// Begins to measure, and lets the streams move octets.
    package func start() {
        let meter = StreamMeter(
            of: transfer.streams, isSender: transfer.isSender, manner: manner, origin: .now, interval: interval)
        running.withLock {
            $0 = Running(meter: meter, start: MonotonicClock.nanoseconds, processor: ProcessorTime())
        }
        transfer.started.stop()
    }

    /// When the test started, by `MonotonicClock`; nil before.
    package var startTime: Int64? { running.withLock { $0?.start } }

    /// When the present interval is over, by `MonotonicClock`; nil where there are none.
    package var intervalEnd: Int64? {
        running.withLock { running in
            guard let running, running.end == nil, let due = running.meter.due else { return nil }
            return running.start &+ due
        }
    }

    /// Reports on the present interval, where it is over.
    package func reportInterval() {
        guard let intervalEnd, intervalEnd <= MonotonicClock.nanoseconds else { return }
        let reports = running.withLock { running in
            running?.meter.closeInterval(at: .now, transfer.streams.map(\.sample)) ?? []
        }
        reports.forEach { events(.report($0)) }
    }

    /// Ends measuring, once: reports on the last interval and on all, and returns what the peer is to be told. Nil before the
    /// test has started.
    ///
    /// - Parameter text: the report in words, where the peer wants it so.
    @discardableResult
    package func finish(text: (@Sendable ([TrafficReport]) -> String)? = nil) -> Iperf3Results? {
        let streams = transfer.streams
        let (results, reports): (Iperf3Results?, [TrafficReport]) = running.withLock { running in
            if let outcome = running?.outcome { return (outcome, []) }
            guard var present = running else { return (nil, []) }
            let end = Timestamp.now
            let samples = streams.map(\.sample)
            let (intervals, totals) = present.meter.finish(at: end, samples)
            let duration = present.meter.origin.distance(to: end)
            let all = present.meter.reports + totals
            let outcome = Iperf3Results(
                streams: totals.compactMap { total in
                    guard let number = total.stream, case .stream(let figures) = total.figures else { return nil }
                    return Iperf3Results.Stream(
                        number: number, octets: Int(figures.octets),
                        retransmissions: figures.retransmissions.map { Int($0) }, duration: duration)
                },
                processorTime: ProcessorTime().share(since: present.processor),
                congestionControl: streams.first?.descriptor.congestionControl, isSender: transfer.isSender,
                reportText: text.map { $0(all) }, reports: all)
            present.outcome = outcome
            present.end = end
            running = present
            return (outcome, intervals + totals)
        }
        reports.forEach { events(.report($0)) }
        return results
    }

    /// Tells of the peer's results, and that the test is over. `showsIntervals`: whether the peer's intervals are told too.
    package func conclude(peer: Iperf3Results, showsIntervals: Bool) {
        guard
            let (own, start, end) = running.withLock({ running -> (Iperf3Results, Timestamp, Timestamp)? in
                guard let running, let own = running.outcome, let end = running.end else { return nil }
                return (own, running.meter.origin, end)
            })
        else { return }
        var peer = peer
        peer.isSender = !own.isSender
        let ends = transfer.streams.map { (local: $0.local, peer: $0.peer) }
        if showsIntervals {
            for report in peer.reports where report.extent == .interval {
                let ends = report.stream.flatMap { ends.indices.contains($0 - 1) ? ends[$0 - 1] : nil }
                events(.peerReport(report.moved(to: start, local: ends?.peer, peer: ends?.local)))
            }
        }
        peer.totals(origin: start, manner: manner, ends: ends).forEach { events(.peerReport($0)) }
        if showsIntervals, peer.reports.isEmpty, let text = peer.reportText { events(.peerText(text)) }
        events(
            .concluded(
                Iperf3Outcome(
                    manner: manner, isSender: own.isSender, start: start, end: end, own: own, peer: peer)))
    }
}
