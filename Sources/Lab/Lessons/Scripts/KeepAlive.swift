internal import FlowAnalysis
internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let keepAlive = Lesson(
        name: "keep-alive",
        title: "A peer that vanishes: without keep-alive nobody would notice, with it one side does",
        watchFor: """
            Client and server are connected and silent, and the client's kernel asks every second whether the server is \
            there. Then the link dies without a word: watch the questions go unanswered, and which program is told.
            """,
        place: 190, initiator: "client", responder: "server",
        setting: .link(KeepAliveScript.conditions) { stage in try KeepAliveScript.play(stage) },
        closing: KeepAliveScript.closing)
}

private enum KeepAliveScript {
    static let port: UInt16 = 7090
    static let probeCount: Int32 = 3

    /// A's first segment without data ends the handshake, the second is a probe; from the third on nothing gets through.
    static let conditions = LinkConditions.delay(
        10_000_000,
        rules: LinkRule(action: .drop, kind: .ack, which: .numbered([3...1000]), source: .a),
        .all(.drop, .rst, from: .a), .all(.drop, .fin, from: .b))

    static func play(_ stage: LinkStage) throws {
        let stop = try StopSignal()
        let serving = try stage.serve(port: port) { connection in
            // It would wait for ever: the lesson's end is what ends it.
            try stage.watchingKernel(of: connection, .server) {
                while let octets = try connection.receive(stop: stop), !octets.isEmpty {}
            }
        }
        let client = try stage.connect(port: port) { descriptor throws(SocketError) in
            try descriptor.keepAlive(idleSeconds: 1, intervalSeconds: 1, probeCount: probeCount)
        }
        stage.watchingKernel(of: client, .client) {
            try? client.send([UInt8](repeating: 0x61, count: 100))
            _ = try? client.receive()
        }
        client.close()
        // The server's side is left in its belief for a while.
        stage.pause(milliseconds: 300)
        stop.stop()
        try serving.wait()
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        [answered(record), unanswered(record), client(record), server(record)]
    }

    private static func probes(_ record: LessonRecord, at host: HostName) -> [PacketEvent] {
        record.packets(at: host).filter { $0.isTo(port) && $0.has(.keepAlive) }
    }

    private static func answered(_ record: LessonRecord) -> String {
        let sent = probes(record, at: .a)
        let arrived = probes(record, at: .b).count
        let answers = record.packets(at: .a).filter { $0.has(.keepAliveACK) }.count
        let octets = sent.reduce(0) { $0 + Int($1.packet.payloadLength) }
        return ClaimLine.line(
            "While the link lived, \(ClaimLine.count(arrived, "probe")) reached B and its kernel answered "
                + "\(answers == 1 ? "it" : "each"): a segment below what was acknowledged, of \(octets) octets, that no "
                + "program sees.",
            if: arrived > 0 && answers == arrived,
            elseSeen: "\(arrived) probes reached B, \(answers) were answered")
    }

    private static func unanswered(_ record: LessonRecord) -> String {
        let sent = probes(record, at: .a)
        let lost = sent.count - probes(record, at: .b).count
        let gaps = zip(sent, sent.dropFirst()).map { $0.info.timestamp.distance(to: $1.info.timestamp) }
        let spans = gaps.map { "\(DurationText(nanoseconds: $0))" }.joined(separator: ", ")
        return ClaimLine.line(
            "Then nothing got through any more. \(lost) probes went out and stayed without an answer, at distances of "
                + "\(spans) from the one before.",
            if: lost == Int(probeCount),
            elseSeen: "\(lost) probes were lost, of \(sent.count)")
    }

    private static func client(_ record: LessonRecord) -> String {
        let receives = record.calls(.receive, by: .client)
        let last = record.packets(at: .a).last { !$0.isTo(port) && $0.packet.tcp != nil }
        let span =
            last.flatMap { last in receives.last.map { last.info.timestamp.distance(to: $0.end) } } ?? 0
        let isReset = record.packets(at: .a).contains { $0.isTo(port) && $0.has(TCPFlags.rst) }
        return ClaimLine.line(
            "The client's receive failed with ETIMEDOUT, \(DurationText(nanoseconds: span)) after the last sign of life, "
                + "and its kernel sent an RST that did not get through either. Linux's own setting is two hours of "
                + "silence and 9 probes.",
            if: receives.errnos == [ETIMEDOUT] && isReset,
            elseSeen: "receive failed with \(receives.errnos)")
    }

    private static func server(_ record: LessonRecord) -> String {
        let answers = record.kernelEvents.filter { $0.role == .server && $0.occasion == .end }
        let failures = record.calls(.receive, by: .server).errnos
        guard case .connection(let sample)? = answers.last?.answer else {
            return "B's kernel did not say what it holds of the connection (TCP_INFO)."
        }
        return ClaimLine.line(
            "The server asked nobody and knows nothing: its connection was still ESTABLISHED in its kernel when the lesson "
                + "ended, and its receive still waited.",
            if: sample.info.state == .established && failures.isEmpty,
            elseSeen: "the server's connection was in state \(sample.info.state?.rawValue ?? 0)")
    }
}
