import ArgumentParser
import FlowAnalysis
import Glibc
import Lab
import PacketCapture
import PacketDecode
import SocketEvents

/// One connection alone in its namespaces: when each of its segments was sent again and why, as wirewatch says, beside when
/// the kernel's counters of each cause went up.
///
/// The counters are the kernel's reasons: TCPTimeouts a timer that ran out (SYN and SYN ACK included), TCPSlowStartRetrans a
/// resend in the recovery from it, TCPFastRetrans any other that an ACK told of, TCPLossProbes a probe, which may carry new
/// octets, and TCPSynRetrans a SYN or SYN ACK, whatever made it go out again. Where wirewatch may say otherwise, and why:
///
/// - A lone segment's resend after 200 ms and more is a probe to Linux, which sets the probe's timer in place of the other
///   (RFC 8985 §7.2); to a stack without probes it is a timeout. The wire shows the same: `undetermined`.
/// - A SYN ACK sooner than its timer answers a SYN that came again: it has no cause of its own, `undetermined`.
/// - Linux leaves the recovery from a timeout by rules that a capture shows in part: RFC 5682, RFC 3522 by the timestamps of
///   ACKs, D-SACKs of all that was sent again, and RFC 8985 where a resend is lost. wirewatch follows the first and the last.
///   Where the two part, `fast` and `timeoutRecovery` change places.
struct Causes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One connection: the cause of each resend, beside the kernel's counters.")

    @OptionGroup var traffic: TrafficOptions

    @Option(help: "The share of segments, or of frames on a link, that are lost, 0 to 1.")
    var loss = 0.1

    @Option(help: "Milliseconds that a link holds each frame; 0 for the loopback interface, where data alone is lost.")
    var delay = 0.0

    @Option(help: "The share of frames on a link that are overtaken, 0 to 1.")
    var reorder = 0.0

    /// What is seen of one host.
    private struct End {
        let name: String
        let recording: FrameRecorder.Recording
        let counters: CounterWatch.Record
        let count: [Conversations.Count]
        /// Whether frames from that address alone are its own; nil for all.
        let address: IPAddress?
    }

    func run() throws {
        try PrivateNetwork.enter(.ethernetLike)
        let (ends, outcome) = try delay > 0 ? runOnLink() : runOnLoopback()
        var void = outcome == nil ? ["the deadline passed"] : outcome?.failures ?? []
        for end in ends {
            void += Voidness.reasons(end.recording)
            if let failure = end.counters.failure { void.append(failure) }
        }
        Report.print([
            "seed": traffic.seed, "loss": loss, "delay": delay, "void": void, "ends": ends.map(Self.report),
        ])
        if !void.isEmpty { throw ExitCode(2) }
    }

    private func runOnLoopback() throws -> ([End], Conversations.Outcome?) {
        guard let share = Share(fraction: loss) else { throw ValidationError("--loss is from 0 to 1") }
        let kept = traffic.keep.map { "\($0)/causes-\(traffic.seed).pcap" }
        let recorder = try FrameRecorder(interface: "lo", savefile: kept)
        let watch = try CounterWatch()
        let server = SocketAddress(Endpoint(address: .v4(.loopback), port: 7000))
        let outcome = try Conversations(traffic).run(
            to: server, client: nil, server: nil, filter: .dropSegmentsWithPayload(share))
        let end = End(
            name: "lo", recording: recorder.stop(), counters: watch.stop(), count: outcome?.counts ?? [], address: nil)
        return ([end], outcome)
    }

    private func runOnLink() throws -> ([End], Conversations.Outcome?) {
        var impairment = LinkImpairment()
        impairment.loss = loss
        impairment.reorder = reorder
        impairment.delay = Int64(delay * 1e6)
        let hosts = try LinkedHosts(fromA: impairment, fromB: impairment, seed: traffic.seed)
        let both = [("A", hosts.a), ("B", hosts.b)]
        let recorders = try both.map { name, host in
            try FrameRecorder(
                interface: Lab.Host.interface, in: host.namespace,
                savefile: traffic.keep.map { "\($0)/causes-\(traffic.seed)-\(name).pcap" })
        }
        let watches = try both.map { try CounterWatch(in: $0.1.namespace) }
        let server = SocketAddress(Endpoint(address: .v4(hosts.b.ipv4), port: 7000))
        let outcome = try Conversations(traffic).run(
            to: server, client: hosts.a.namespace, server: hosts.b.namespace, filter: nil)
        let ends = both.indices.map { index in
            let address = IPAddress.v4(both[index].1.ipv4)
            return End(
                name: both[index].0, recording: recorders[index].stop(), counters: watches[index].stop(),
                count: (outcome?.counts ?? []).filter { $0.local.address == address }, address: address)
        }
        _ = hosts.stop()
        return (ends, outcome)
    }

    private static func report(_ end: End) -> [String: Any] {
        let resends = Resends(end.recording.packets, from: end.address).all
        return [
            "name": end.name, "kernel": end.count.reduce(0) { $0 + Int($1.retransmissions) },
            "resends": resends.map { resend -> [Any] in
                [
                    resend.moment.nanosecondsSinceEpoch, resend.label.cause.rawValue, resend.label.causeReason.rawValue,
                    resend.label.carries.contains(.syn), resend.frame,
                ]
            },
            "changes": end.counters.changes.map { change -> [Any] in
                [change.from.nanosecondsSinceEpoch, change.to.nanosecondsSinceEpoch, change.increments]
            },
        ]
    }
}

/// The frames of a capture that are labelled `retransmission`.
struct Resends {
    struct Resend {
        let frame: UInt64
        let moment: Timestamp
        let label: SegmentLabel
    }

    private(set) var all: [Resend] = []

    /// - Parameter address: whose frames are meant; nil for all.
    init(_ packets: [CapturedPacket], from address: IPAddress?) {
        var flows = FlowTable()
        for captured in packets {
            let decoder = PacketDecoder(linkType: captured.linkType)
            let packet = decoder.decode(captured.bytes.span, originalLength: captured.info.originalLength)
            guard let labels = flows.observe(packet, captured.info)?.tcp?.labels,
                address == nil || packet.addresses?.source == address,
                let label = labels.elements.first(where: { $0.kind == .retransmission })
            else { continue }
            all.append(Resend(frame: captured.info.number, moment: captured.info.timestamp, label: label))
        }
    }
}
