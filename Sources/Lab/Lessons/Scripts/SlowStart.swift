internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let slowStart = Lesson(
        name: "slow-start",
        title: "Slow start and congestion avoidance: the window doubles, is halved by a loss, then creeps",
        watchFor: """
            The client sends as fast as its kernel lets it. Watch the congestion window double with each round trip, a single \
            loss halve it, and one segment a round trip be added from then on.
            """,
        place: 50, initiator: "client", responder: "server", plotsCongestionWindow: true,
        movesMuch: true,
        setting: .link(SlowStartScript.conditions) { stage in try SlowStartScript.play(stage) },
        closing: SlowStartScript.closing)
}

private enum SlowStartScript {
    static let port: UInt16 = 7050
    static let octets = 400_000
    static let lost = 60

    static let conditions = LinkConditions.delay(25_000_000, rules: .fromA(.drop, .data, lost))

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: port) { connection in
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: port)
        try stage.watchingKernel(of: client, .client) {
            // In pieces, so that no call waits longer than the timeline does.
            for _ in 0..<(octets / 8000) {
                try client.send([UInt8](repeating: 0x61, count: 8000))
            }
            try client.shutdownSending()
            try client.receiveToEnd()
        }
        client.close()
        try serving.wait()
    }

    static func closing(_ record: LessonRecord) -> [String] {
        let windows = record.kernelEvents.compactMap { event -> UInt32? in
            guard event.role == .client, case .connection(let sample) = event.answer else { return nil }
            return sample.info.congestionWindow
        }
        let thresholds = record.kernelEvents.compactMap { event -> UInt32? in
            guard event.role == .client, case .connection(let sample) = event.answer,
                let threshold = sample.info.slowStartThreshold, threshold < 0x7FFF_FFFF
            else { return nil }
            return threshold
        }
        let packets = record.packets(at: .a, port: port)
        let resends = packets.compactMap(\.retransmission)
        let dropped = record.linkEvents.count { $0.source == .a && $0.fate.isDropped }
        let peak = windows.max() ?? 0
        let first = windows.first ?? 0
        return [
            ClaimLine.line(
                "The window began at \(first) segments and grew to \(peak) before the loss: slow start adds a segment for each "
                    + "that is acknowledged, which doubles it in a round trip.",
                if: first > 0 && peak >= 2 * first, elseSeen: "the window went from \(first) to at most \(peak)"),
            ClaimLine.line(
                "The link dropped \(ClaimLine.count(dropped, "frame")), and \(ClaimLine.count(resends.count, "segment")) went out "
                    + "again, by fast retransmit.",
                if: dropped == 1 && resends.count == 1 && resends.first?.cause == .fast,
                elseSeen: "the link dropped \(dropped), and \(resends.count) went out again"),
            ClaimLine.line(
                "The kernel set the slow-start threshold to \(thresholds.first ?? 0), about half of what was in flight; above it "
                    + "the window grows by one segment in a round trip (RFC 5681 §3.1).",
                if: thresholds.first.map { $0 < peak && $0 >= peak / 3 } ?? false,
                elseSeen: "the threshold was \(thresholds.first.map { "\($0)" } ?? "never set")"),
        ]
    }
}
