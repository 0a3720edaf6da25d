internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let sack = Lesson(
        name: "sack",
        title: "Several losses in one window: SACK tells which, and all are mended at once",
        watchFor: """
            The link drops three segments of one flight. Watch the ACKs stand still and name in their SACK blocks what has \
            come, and the client's kernel send just the three again.
            """,
        place: 40, initiator: "client", responder: "server",
        setting: .link(SackScript.conditions) { stage in try SackScript.play(stage) },
        closing: SackScript.closing)
}

private enum SackScript {
    static let port: UInt16 = 7040
    static let octets = 14_480
    static let lostCount = 3

    static let conditions = LinkConditions.delay(20_000_000, rules: .fromA(.drop, .data, 2, 4, 6))

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: port) { connection in
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: port)
        try stage.watchingKernel(of: client, .client) {
            try client.send([UInt8](repeating: 0x61, count: octets))
            stage.pause(milliseconds: 400)
            try client.shutdownSending()
            try client.receiveToEnd()
        }
        client.close()
        try serving.wait()
    }

    static func closing(_ record: LessonRecord) -> [String] {
        let packets = record.packets(at: .a, port: port)
        let dropped = record.linkEvents.filter { $0.source == .a && $0.fate.isDropped }
        let resends = packets.filter { $0.retransmission != nil }
        let blocks = packets.filter { !$0.isTo(port) }.map { $0.packet.tcp?.options.sackBlocks.count ?? 0 }
        let counted = record.resendsCounted(by: .client)
        let lost = Set(dropped.compactMap { $0.packet.tcp?.sequenceNumber.rawValue })
        let again = Set(resends.compactMap { $0.packet.tcp?.sequenceNumber.rawValue })
        let wait = zip(dropped, resends).map { $0.fate.arrival.distance(to: $1.info.timestamp) }.max() ?? 0
        return [
            ClaimLine.line(
                "The link dropped \(dropped.count) segments; ACKs named up to \(ClaimLine.count(blocks.max() ?? 0, "block")) of "
                    + "octets that had come behind the holes.",
                if: dropped.count == lostCount && (blocks.max() ?? 0) >= 2,
                elseSeen: "\(dropped.count) segments were dropped, and an ACK named at most \(blocks.max() ?? 0) blocks"
            ),
            ClaimLine.line(
                "Just those went out again, at most \(DurationText(nanoseconds: wait)) after they were lost, all in one "
                    + "round trip: without SACK it would be a hole a round trip (RFC 6675).",
                if: lost == again && resends.count == dropped.count && wait < 150_000_000,
                elseSeen: "\(resends.count) segments went out again, after at most \(DurationText(nanoseconds: wait))"),
            ClaimLine.line(
                "wirewatch labelled \(resends.count) resends; the client's kernel counts \(counted ?? 0).",
                if: counted.map { Int($0) == resends.count } ?? false,
                elseSeen: "\(resends.count) were labelled, \(counted ?? 0) counted"),
        ]
    }
}
