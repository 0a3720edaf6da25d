import ArgumentParser
import Foundation
import Glibc
import Lab
import PacketCapture
import PacketDecode
import SocketEvents
import Timeline

/// Connections between two hosts over a link of our own, watched at both ends: the sender's labels against the kernel's
/// counts, the receiver's against what the link did to each frame.
struct Link: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A link with loss, delay, reordering and doubling between two hosts: labels against its fates.")

    @OptionGroup var traffic: TrafficOptions

    @Option(help: "The share of frames that are lost, 0 to 1, each way.")
    var loss = 0.05

    @Option(help: "Milliseconds that each frame is held, each way.")
    var delay = 5.0

    @Option(help: "The share of frames that are overtaken, 0 to 1, each way.")
    var reorder = 0.0

    @Option(help: "Milliseconds that an overtaken frame is held longer.")
    var reorderDelay = 2.0

    @Option(help: "The share of frames that are doubled, 0 to 1, each way.")
    var duplicate = 0.0

    @Flag(help: "Lose only frames that carry data.")
    var spareEmptySegments = false

    func run() throws {
        try PrivateNetwork.enter(.wide)
        var impairment = LinkImpairment()
        impairment.loss = loss
        impairment.sparesEmptySegments = spareEmptySegments
        impairment.delay = Int64(delay * 1e6)
        impairment.reorder = reorder
        impairment.reorderDelay = Int64(reorderDelay * 1e6)
        impairment.duplicate = duplicate
        let hosts = try LinkedHosts(fromA: impairment, fromB: impairment, seed: traffic.seed)
        func recorder(_ host: Lab.Host) throws -> FrameRecorder {
            let kept = traffic.keep.map { "\($0)/link-\(traffic.seed)-\(host.name).pcap" }
            return try FrameRecorder(interface: Lab.Host.interface, in: host.namespace, savefile: kept)
        }
        let (recorderA, recorderB) = (try recorder(hosts.a), try recorder(hosts.b))
        let server = SocketAddress(Endpoint(address: .v4(hosts.b.ipv4), port: 7000))
        let outcome = try Conversations(traffic).run(
            to: server, client: hosts.a.namespace, server: hosts.b.namespace, filter: nil)
        // What still travels arrives.
        usleep(UInt32(2 * (delay + reorderDelay) * 1000) + 20_000)
        let (atA, atB) = (recorderA.stop(), recorderB.stop())
        let link = hosts.stop()

        var void = Voidness.reasons(atA) + Voidness.reasons(atB)
        void += outcome == nil ? ["the deadline passed"] : []
        void += outcome?.failures ?? []
        let unmeant = link.fromA.lostUnmeant + link.fromB.lostUnmeant
        if unmeant > 0 { void.append("the relay lost \(unmeant) frames") }
        var score = LinkScore()
        void += score.add(sender: atA, receiver: atB, source: .v4(hosts.a.ipv4), named: hosts.b.name, link.fromA)
        void += score.add(sender: atB, receiver: atA, source: .v4(hosts.b.ipv4), named: hosts.a.name, link.fromB)
        let (labelledA, labelledB) = (Retransmissions(atA.packets), Retransmissions(atB.packets))
        let ends = (outcome?.counts ?? []).map { count -> [String: Any] in
            let labelled = count.local.address == .v4(hosts.a.ipv4) ? labelledA : labelledB
            return count.report(labelled)
        }
        let fates = link.fromA.fates + link.fromB.fates
        var report: [String: Any] = ["seed": traffic.seed, "void": void, "ends": ends, "receiver": score.matrix]
        report["frames"] = fates.count
        report["dropped"] = fates.filter { $0.isDropped }.count
        if traffic.keep != nil { report["truth"] = score.frames }
        Report.print(report)
        if !void.isEmpty { throw ExitCode(2) }
    }
}
