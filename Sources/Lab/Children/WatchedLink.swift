internal import FlowAnalysis
internal import PacketCapture
internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// Two hosts, the link between them, a capture at each, and the kernels' word on their connections.
final class WatchedLink: WatchedNetwork {
    let feed: TimelineFeed
    let addresses: HostAddresses
    private let link: LinkWatch
    private let measurements: [HostName: FlowMeasurement]
    private let samplers: [KernelSampler]
    /// Milliseconds between two questions to a host's kernel.
    private static let samplingInterval = 10

    /// - Parameters:
    ///   - savefile: where the captures are kept: see `LessonRun.savefile`.
    ///   - isShown: whether what happens is handed to the feed.
    init(_ conditions: LinkConditions, savefile: String?, isShown: Bool) throws {
        let feed = TimelineFeed()
        self.feed = feed
        let measurements = Dictionary(uniqueKeysWithValues: HostName.allCases.map { ($0, FlowMeasurement()) })
        self.measurements = measurements
        link = try LinkWatch(conditions, savefile: savefile, feed: isShown ? feed : nil) { event in
            event.host.flatMap { measurements[$0] }?.observe(event)
        }
        let hosts = link.hosts
        addresses = HostAddresses(client: hosts.a, server: hosts.b)
        samplers = (isShown ? HostName.allCases : []).compactMap { host in
            // Without answers of the kernel's the timeline has the rest.
            let source = feed.addSource()
            do {
                return try KernelSampler(
                    host: host, in: hosts.host(host).namespace, every: Self.samplingInterval,
                    isCompleteUpTo: { source.noteComplete(upTo: $0) }, sink: { feed.push(TimelineEntry($0)) })
            } catch {
                source.end()
                return nil
            }
        }
    }

    func namespace(of host: HostName) -> NetworkNamespace? { link.hosts.host(host).namespace }

    func complete(_ entry: TimelineEntry) -> TimelineEntry { link.complete(entry) }

    func stop() throws -> NetworkRecord {
        link.settle()
        for sampler in samplers { _ = sampler.stop() }
        var record = NetworkRecord()
        for name in HostName.allCases {
            let counted = try link.hosts.host(name).namespace.run { KernelRetransmissions.current() }
            record.hosts[name, default: NetworkRecord.HostRecord()].kernelRetransmissions = counted
        }
        let report = try link.stop()
        record.link = report.link
        for name in HostName.allCases {
            let host = link.hosts.host(name)
            let summaries = measurements[name]?.summaries ?? []
            record.hosts[name]?.droppedByKernel = report.statistics[name]?.droppedByKernel ?? 0
            record.hosts[name]?.frames = measurements[name]?.frames ?? 0
            record.hosts[name]?.labelledRetransmissions = summaries.reduce(0) {
                $0 + $1.retransmissions(from: [.v4(host.ipv4), .v6(host.ipv6)])
            }
            if name == .a { record.flows = summaries }
        }
        return record
    }
}
