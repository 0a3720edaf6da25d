internal import FlowAnalysis
internal import Glibc
internal import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// Two hosts, the link between them, and a capture at each.
final class WatchedLink: WatchedNetwork {
    let feed = TimelineFeed()
    let addresses: HostAddresses
    private let hosts: LinkedHosts
    private let ledger = FrameLedger()
    /// Nil where nothing is shown.
    private let verdicts: LinkVerdicts?
    private let measurements: [HostName: FlowMeasurement]
    private let captures: [HostName: HostCapture]
    private let samplers: [KernelSampler]
    /// Milliseconds between two questions to a host's kernel.
    private static let samplingInterval = 10
    /// Nanoseconds after which a frame that was sent has arrived.
    private let longestWay: Int64

    /// - Parameters:
    ///   - savefile: where the captures are kept: see `LessonRun.savefile`.
    ///   - isShown: whether what happens is handed to the feed.
    init(_ conditions: LinkConditions, savefile: String?, isShown: Bool) throws {
        let completeness = isShown ? Completeness(feed) : nil
        let (feed, ledger) = (feed, ledger)
        let verdicts = isShown ? LinkVerdicts(feed, ledger) : nil
        self.verdicts = verdicts
        hosts = try LinkedHosts(
            fromA: conditions.fromA, fromB: conditions.fromB, rules: conditions.rules, seed: conditions.seed,
            maximumTransmissionUnit: conditions.maximumTransmissionUnit, linkMTU: conditions.linkMTU,
            observer: verdicts?.observer)
        addresses = HostAddresses(client: hosts.a, server: hosts.b)
        var measurements: [HostName: FlowMeasurement] = [:]
        var captures: [HostName: HostCapture] = [:]
        for (name, host) in [(HostName.a, hosts.a), (.b, hosts.b)] {
            let measurement = FlowMeasurement()
            measurements[name] = measurement
            captures[name] = try HostCapture(
                on: host, name, savefile: savefile.map { LessonRun.savefile($0, of: name) },
                observe: { event, isOutgoing in
                    measurement.observe(event)
                    guard isShown else { return }
                    ledger.noteCaptured(event, at: name, isOutgoing: isOutgoing)
                    feed.push(TimelineEntry(event))
                },
                isCompleteUpTo: { moment in
                    guard let completeness, let verdicts else { return }
                    let moment = moment.advanced(by: -LinkedCrew.crossing)
                    completeness.note(name, upTo: min(moment, verdicts.oldestUntold(now: moment) ?? moment))
                })
        }
        self.measurements = measurements
        self.captures = captures
        let namespaces = isShown ? [(HostName.a, hosts.a.namespace), (.b, hosts.b.namespace)] : []
        samplers = namespaces.compactMap { host, namespace in
            // Without answers of the kernel's the timeline has the rest.
            try? KernelSampler(host: host, in: namespace, every: Self.samplingInterval) {
                feed.push(TimelineEntry($0))
            }
        }
        longestWay = conditions.longestWay
    }

    func namespace(of host: HostName) -> NetworkNamespace? { (host == .a ? hosts.a : hosts.b).namespace }

    func complete(_ entry: TimelineEntry) -> TimelineEntry {
        guard case .link(let event) = entry.event else { return entry }
        return TimelineEntry(ledger.numbered(event))
    }

    func stop() throws -> NetworkRecord {
        // What still travels arrives, and is answered.
        usleep(UInt32(clamping: (longestWay / 1000 + 5_000) * 2))
        for sampler in samplers { _ = sampler.stop() }
        var record = NetworkRecord()
        for (name, host) in [(HostName.a, hosts.a), (.b, hosts.b)] {
            var counts = NetworkRecord.HostRecord()
            counts.kernelRetransmissions = try host.namespace.run { KernelRetransmissions.current() }
            let statistics = try captures[name]?.stop()
            counts.droppedByKernel = statistics?.droppedByKernel ?? 0
            let summaries = measurements[name]?.summaries ?? []
            counts.frames = measurements[name]?.frames ?? 0
            counts.labelledRetransmissions = summaries.reduce(0) {
                $0 + $1.retransmissions(from: [.v4(host.ipv4), .v6(host.ipv6)])
            }
            if name == .a { record.flows = summaries }
            record.hosts[name] = counts
        }
        let report = hosts.stop()
        verdicts?.finish()
        record.link = [.a: report.fromA, .b: report.fromB]
        return record
    }
}
