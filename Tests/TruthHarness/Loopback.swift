import ArgumentParser
import FlowAnalysis
import Foundation
import Lab
import PacketCapture
import PacketDecode
import SocketEvents

/// Connections over loopback whose listener drops a share of what reaches it, after the capture has seen it: the sender's
/// side of every segment. The kernel's counts must be equal.
struct Loopback: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Loss at the receiver's socket, on a private loopback: counts against tcpi_total_retrans.")

    @OptionGroup var traffic: TrafficOptions

    @Option(help: "The share of segments that are lost, 0 to 1.")
    var loss = 0.1

    @Flag(help: "Lose handshakes, ACKs and FINs that reach the listener too, not only data.")
    var wholePath = false

    func run() throws {
        try PrivateNetwork.enter(.ethernetLike)
        guard let share = Share(fraction: loss) else { throw ValidationError("--loss is from 0 to 1") }
        let kept = traffic.keep.map { "\($0)/loopback-\(traffic.seed).pcap" }
        let recorder = try FrameRecorder(interface: "lo", savefile: kept)
        let filter = wholePath ? SocketFilter.dropDatagrams(share) : .dropSegmentsWithPayload(share)
        let server = SocketAddress(Endpoint(address: .v4(.loopback), port: 7000))
        let outcome = try Conversations(traffic).run(to: server, client: nil, server: nil, filter: filter)
        let recording = recorder.stop()
        let labelled = Retransmissions(recording.packets)
        var report: [String: Any] = ["seed": traffic.seed, "loss": loss, "wholePath": wholePath]
        report["frames"] = recording.packets.count
        var void = Voidness.reasons(recording)
        void += outcome == nil ? ["the deadline passed"] : []
        void += outcome?.failures ?? []
        void += labelled.oversized > 0 ? ["\(labelled.oversized) frames hold more than a segment"] : []
        let counters = try KernelCounters.read()
        if let failed = counters["TCPRetransFail"], failed > 0 { void.append("\(failed) resends failed") }
        report["counters"] = counters
        report["causes"] = labelled.causes
        report["void"] = void
        report["ends"] = (outcome?.counts ?? []).map { $0.report(labelled) }
        Report.print(report)
        if !void.isEmpty { throw ExitCode(2) }
    }
}

extension Conversations.Count {
    /// The kernel's count beside wirewatch's.
    func report(_ labelled: Retransmissions) -> [String: Any] {
        [
            "local": "\(local)", "peer": "\(peer)", "kernel": retransmissions,
            "wirewatch": labelled.count(from: local, to: peer),
        ]
    }
}

/// How many of each end's frames are labelled `retransmission`.
struct Retransmissions {
    private var counts: [Ends: Int] = [:]
    private(set) var oversized = 0
    /// How many of all retransmissions have each cause.
    private(set) var causes: [String: Int] = [:]

    private struct Ends: Hashable {
        let source: Endpoint
        let destination: Endpoint
    }

    init(_ packets: [CapturedPacket]) {
        var flows = FlowTable()
        for captured in packets {
            let decoder = PacketDecoder(linkType: captured.linkType)
            let packet = decoder.decode(captured.bytes.span, originalLength: captured.info.originalLength)
            if captured.info.originalLength > 1514 { oversized += 1 }
            guard let flow = flows.observe(packet, captured.info), let labels = flow.tcp?.labels,
                let addresses = packet.addresses, let ports = packet.ports
            else { continue }
            guard let label = labels.elements.first(where: { $0.kind == .retransmission }) else { continue }
            causes[label.cause.rawValue, default: 0] += 1
            let ends = Ends(
                source: Endpoint(address: addresses.source, port: ports.source),
                destination: Endpoint(address: addresses.destination, port: ports.destination))
            counts[ends, default: 0] += 1
        }
    }

    func count(from source: Endpoint, to destination: Endpoint) -> Int {
        counts[Ends(source: source, destination: destination)] ?? 0
    }
}

/// Why a run proves nothing.
enum Voidness {
    static func reasons(_ recording: FrameRecorder.Recording) -> [String] {
        var reasons: [String] = []
        if recording.droppedByKernel > 0 { reasons.append("the capture lost \(recording.droppedByKernel) frames") }
        if let failure = recording.failure { reasons.append(failure) }
        return reasons
    }
}

enum Report {
    /// Prints one JSON object on a line.
    static func print(_ report: [String: Any]) {
        guard let data = try? JSONSerialization.data(withJSONObject: report, options: [.sortedKeys]) else { return }
        FileHandle.standardOutput.write(data + Data("\n".utf8))
    }
}
