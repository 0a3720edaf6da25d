internal import PacketDecode
internal import Synchronization

/// A test that runs: its streams, their meter, and who is told of what it measures. One for each end, whatever the manner.
package final class Iperf3Measurement: Sendable {
    package let transfer: BulkTransfer
    private let manner: IOManner
    private let interval: Int64?
    /// Nanoseconds after the start at which measuring begins.
    private let omit: Int64
    private let events: @Sendable (Iperf3Event) -> Void
    private let running = Mutex<Running?>(nil)

    private struct Running {
        var meter: StreamMeter
        /// When measuring began, or what is omitted.
        var start: Int64
        var processor: ProcessorTime
        var outcome: Iperf3Results?
        var end: Timestamp?
    }

    /// `interval`: nanoseconds between reports; nil for none. `omit`: nanoseconds after the start at which measuring begins.
    package init(
        _ transfer: BulkTransfer, manner: IOManner, interval: Int64?, omit: Int64 = 0,
        events: @escaping @Sendable (Iperf3Event) -> Void
    ) {
        self.omit = omit
        self.transfer = transfer
        self.manner = manner
        self.interval = interval
        self.events = events
    }

    /// Begins to measure, and lets the streams move octets.
    package func start() {
        let meter = StreamMeter(
            of: transfer.streams, isSender: transfer.isSender, manner: manner, origin: .now, interval: interval,
            isOmitting: omit > 0)
        running.withLock {
            $0 = Running(meter: meter, start: MonotonicClock.nanoseconds, processor: ProcessorTime())
        }
        transfer.started.stop()
    }

    /// When measuring began, or will, by `MonotonicClock`; nil before the test has started.
    package var startTime: Int64? {
        running.withLock { running in running.map { $0.start &+ ($0.meter.isOmitting ? omit : 0) } }
    }

    /// When the present interval is over, or what is omitted, by `MonotonicClock`; nil where there is neither.
    package var intervalEnd: Int64? {
        running.withLock { running in
            guard let running, running.end == nil else { return nil }
            let ends = [running.meter.due, running.meter.isOmitting ? omit : nil].compactMap(\.self)
            return ends.min().map { running.start &+ $0 }
        }
    }

    /// Reports on the present interval, where it is over, and begins to measure where what is omitted is.
    package func reportInterval() {
        let now = MonotonicClock.nanoseconds
        guard let intervalEnd, intervalEnd <= now else { return }
        let reports: [TrafficReport] = running.withLock { running in
            guard var present = running else { return [] }
            defer { running = present }
            let samples = transfer.streams.map(\.sample)
            guard present.meter.isOmitting, present.start &+ omit <= now else {
                return present.meter.closeInterval(at: .now, samples)
            }
            (present.start, present.processor) = (now, ProcessorTime())
            return present.meter.beginMeasuring(at: .now, samples)
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
