internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let synLost = Lesson(
        name: "syn-lost",
        title: "The first SYNs are lost: a connect that takes seconds, and why",
        watchFor: """
            The link drops the first two SYNs, and A has not yet measured a round trip to wait for. Watch how long it \
            waits for an answer each time, and what the program sees of it: one call that is slow.
            """,
        place: 180, initiator: "client", responder: "server",
        setting: .link(SynLostScript.conditions) { stage in try SynLostScript.play(stage) },
        closing: SynLostScript.closing)
}

private enum SynLostScript {
    static let port: UInt16 = 7080

    static let conditions = LinkConditions.delay(
        10_000_000, rules: LinkRule(action: .drop, kind: .syn, which: .first(2), source: .a))

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: port) { connection in
            try connection.receiveToEnd()
        }
        // Where there is such a setting, a kernel repeats its first SYNs evenly and doubles its waits only after them.
        _ = KernelSetting.set("net/ipv4/tcp_syn_linear_timeouts", to: "0")
        let client = try stage.connect(port: port)
        try stage.watchingKernel(of: client, .client) {
            try client.shutdownSending()
            try client.receiveToEnd()
        }
        client.close()
        try serving.wait()
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        [waits(record), programs(record), ends(record)]
    }

    private static func syns(_ record: LessonRecord, at host: HostName) -> [PacketEvent] {
        record.packets(at: host).filter { $0.has(TCPFlags.syn) && $0.isTo(port) }
    }

    private static func waits(_ record: LessonRecord) -> String {
        let times = syns(record, at: .a).map(\.info.timestamp)
        let dropped = record.linkEvents.filter { $0.source == .a && $0.fate.isDropped }.count
        let gaps = zip(times, times.dropFirst()).map { $0.distance(to: $1) }
        guard let first = gaps.first, let last = gaps.last, gaps.count > 1 else {
            return "Not as expected in this run: \(ClaimLine.count(times.count, "SYN")) left A."
        }
        let spans = gaps.map { "\(DurationText(nanoseconds: $0))" }.joined(separator: " and then ")
        // A doubled wait is the rule (RFC 6298 §5.5); newer Linux repeats the first one a few times.
        let backOff =
            Double(last) > 1.5 * Double(first)
            ? "each wait twice the one before, so that a crowded path is not crowded more (RFC 6298)"
            : "the wait is not doubled yet: this kernel repeats its first SYNs evenly (tcp_syn_linear_timeouts)"
        return "The link dropped \(ClaimLine.count(dropped, "SYN")) and \(times.count) left A, after waits of "
            + "\(spans): \(backOff)."
    }

    private static func programs(_ record: LessonRecord) -> String {
        let connects = record.calls(.connect, by: .client)
        let span = connects.first.map { $0.start.distance(to: $0.end) } ?? 0
        let accepts = record.calls(.accept, by: .server).count
        return ClaimLine.line(
            "The client's program saw one connect, which took \(DurationText(nanoseconds: span)) and succeeded; the "
                + "server's one accept. Neither was told of a loss.",
            if: connects.count == 1 && connects.errnos.isEmpty && accepts == 1 && span > 1_000_000_000,
            elseSeen: "\(connects.count) connects, \(connects.errnos.count) of them failed, after "
                + "\(DurationText(nanoseconds: span))")
    }

    private static func ends(_ record: LessonRecord) -> String {
        let labelled = record.packets(at: .a).filter { $0.isTo(port) && $0.retransmission != nil }.count
        let arrived = syns(record, at: .b)
        let labelledAtB = arrived.filter { $0.retransmission != nil }.count
        guard case .connection(let sample)? = record.kernelEvents.last?.answer,
            let counted = sample.info.totalRetransmissions
        else { return "A's kernel did not say how many segments it sent again (TCP_INFO)." }
        return ClaimLine.line(
            "At A wirewatch labels \(labelled) resends, and its kernel counts \(counted). At B, where one SYN alone "
                + "came, there is nothing to see: to judge a loss one must look at the sender's end.",
            if: Int(counted) == labelled && labelledAtB == 0 && arrived.count == 1,
            elseSeen: "\(labelled) resends labelled at A, \(counted) counted by its kernel, \(arrived.count) SYNs at B")
    }
}
