import ArgumentParser
import Lab
import PacketDecode
import PacketCapture
import SocketEvents

struct Link: ParsableCommand {
    @OptionGroup var traffic: TrafficOptions
    @Option var loss = 0.05
    @Option var delay: Int64 = 5
    func run() throws {
        try PrivateNetwork.enter(.wide)
        var impairment = LinkImpairment()
        impairment.loss = loss
        impairment.delay = delay * 1_000_000
        let hosts = try LinkedHosts(fromA: impairment, fromB: impairment, seed: traffic.seed)
        let recorderA = try FrameRecorder(interface: Host.interface, in: hosts.a.namespace, savefile: traffic.keep.map { "\($0)/a.pcap" })
        let server = SocketAddress(.init(address: .v4(hosts.b.ipv4), port: 7000))
        let outcome = try Conversations(traffic).run(to: server, client: hosts.a.namespace, server: hosts.b.namespace, filter: nil)
        let recording = recorderA.stop()
        let report = hosts.stop()
        print(recording.packets.count, recording.failure ?? "", outcome as Any, report.fatesFromA.count, report.fatesFromB.count, report.lostUnmeant)
        let labelled = Retransmissions(recording.packets)
        for count in outcome?.counts ?? [] { print(count.local, count.retransmissions, labelled.count(from: count.local, to: count.peer)) }
    }
}
