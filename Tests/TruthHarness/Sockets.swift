import ArgumentParser
import Foundation
import Glibc
import Lab
import PacketDecode
import SocketEvents
import Synchronization
import Timeline

/// Connections between two hosts over a lossy link, and what the sampler was told of their sockets from outside, beside
/// what each socket says of itself.
struct Sockets: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Samples of any program's sockets, against what the sockets say of themselves.")

    @OptionGroup var traffic: TrafficOptions

    @Option(help: "The share of frames that are lost, 0 to 1, each way.")
    var loss = 0.05

    @Option(help: "Milliseconds between two samples.")
    var interval = 5

    /// What the samplers told.
    private final class Log: Sendable {
        let events = Mutex<[KernelEvent]>([])
        func append(_ event: KernelEvent) { events.withLock { $0.append(event) } }
        var endCount: Int { events.withLock { $0.filter { $0.occasion == .end }.count } }
    }

    func run() throws {
        try PrivateNetwork.enter(.wide)
        var impairment = LinkImpairment()
        impairment.loss = loss
        impairment.delay = 5_000_000
        let hosts = try LinkedHosts(fromA: impairment, fromB: impairment, seed: traffic.seed)
        let log = Log()
        let samplers = try [(HostName.a, hosts.a), (.b, hosts.b)].map { name, host in
            try KernelSampler(host: name, in: host.namespace, every: interval, sink: log.append)
        }
        let server = SocketAddress(Endpoint(address: .v4(hosts.b.ipv4), port: 7000))
        let outcome = try Conversations(traffic).run(
            to: server, client: hosts.a.namespace, server: hosts.b.namespace, filter: nil)
        // The kernel tells of a socket's end when it is done with it, which may be after its program is.
        for _ in 0..<200 where log.endCount < 2 * traffic.connections { usleep(10_000) }
        var void = samplers.compactMap { $0.stop() }.map { "\($0)" }
        _ = hosts.stop()
        void += outcome == nil ? ["the deadline passed"] : []
        void += outcome?.failures ?? []

        let events = log.events.withLock { $0 }
        let ends = (outcome?.counts ?? []).map { count -> [String: Any] in
            let told = events.compactMap { event -> (KernelEvent, KernelSample)? in
                guard case .connection(let sample) = event.answer, sample.local == count.local,
                    sample.peer == count.peer
                else { return nil }
                return (event, sample)
            }
            let last = told.last { $0.0.occasion == .end }?.1.info
            return [
                "socket": Int(count.retransmissions), "host": told.first?.0.host?.rawValue ?? "",
                "sampler": last?.totalRetransmissions.map(Int.init) ?? -1,
                "acknowledged": last?.bytesAcknowledged.map(Int.init) ?? -1,
                "periodic": told.filter { $0.0.occasion == .periodic }.count,
                "windows": Set(told.compactMap { $0.1.info.congestionWindow }).count,
                "receiveWindow": told.compactMap { $0.1.info.receiveWindow }.max().map(Int.init) ?? -1,
            ]
        }
        Report.print(["seed": traffic.seed, "void": void, "ends": ends])
        if !void.isEmpty { throw ExitCode(2) }
    }
}
