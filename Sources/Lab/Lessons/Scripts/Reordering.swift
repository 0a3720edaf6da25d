internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let reordering = Lesson(
        name: "reordering",
        title: "Reordering is not loss, as long as it is small: when TCP waits, and when it errs",
        watchFor: """
            The link loses nothing, but holds one segment until others have overtaken it: two of them in the first \
            connection, five in the second. Watch B's duplicate ACKs, and at how many of them A sends again what was not \
            lost.
            """,
        place: 140, initiator: "client", responder: "server",
        setting: .link(ReorderingScript.conditions) { stage in try ReorderingScript.play(stage) },
        closing: ReorderingScript.closing)
}

private enum ReorderingScript {
    static let slight: UInt16 = 7040
    static let heavy: UInt16 = 7041
    static let slightCount = 5
    static let heavyCount = 8

    /// The third segment with data of each connection: the first connection has five.
    static let conditions = LinkConditions.delay(
        50_000_000, rules: .fromA(.hold(3_000_000), .data, 3), .fromA(.hold(40_000_000), .data, 8))

    static func play(_ stage: LinkStage) throws {
        try converse(stage, port: slight, sends: slightCount)
        stage.pause(milliseconds: 100)
        try converse(stage, port: heavy, sends: heavyCount)
    }

    private static func converse(_ stage: LinkStage, port: UInt16, sends: Int) throws {
        let serving = try stage.serve(port: port) { connection in
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: port) { descriptor throws(SocketError) in
            try descriptor.disableNagle()
        }
        try stage.watchingKernel(of: client, .client) {
            for _ in 0..<sends { try client.send([UInt8](repeating: 0x61, count: 1000)) }
            stage.pause(milliseconds: 350)
            try client.shutdownSending()
            try client.receiveToEnd()
            stage.awaitAllAcknowledged(client)
        }
        client.close()
        try serving.wait()
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        [lossless(record), slightLine(record), heavyLine(record), dSACK(record)]
    }

    private static func lossless(_ record: LessonRecord) -> String {
        let dropped = record.linkEvents.filter(\.fate.isDropped).count
        let held = record.linkEvents.filter { if case .overtaken = $0.fate.verdict { true } else { false } }.count
        let (sent, received) = (record.calls(.send, by: .client), record.calls(.receive, by: .server))
        return ClaimLine.line(
            "The link dropped \(dropped) frames and held \(held) longer. The server's program read all "
                + "\(received.octetCount) octets in order.",
            if: dropped == 0 && held == 2 && sent.octetCount == received.octetCount,
            elseSeen: "\(dropped) frames were dropped, \(held) held, \(received.octetCount) octets read")
    }

    private static func duplicateACKs(_ record: LessonRecord, _ port: UInt16) -> Int {
        record.packets(at: .a).filter { $0.packet.ports?.source == port && $0.has(.duplicateACK) }.count
    }

    private static func resends(_ record: LessonRecord, _ port: UInt16) -> [PacketEvent] {
        record.packets(at: .a).filter { $0.isTo(port) && $0.retransmission != nil }
    }

    private static func counted(_ record: LessonRecord, _ port: UInt16) -> Int? {
        let answers = record.kernelEvents.compactMap { event -> KernelSample? in
            guard event.occasion == .end, case .connection(let sample) = event.answer else { return nil }
            return sample.peer.port == port ? sample : nil
        }
        return answers.last?.info.totalRetransmissions.map(Int.init)
    }

    private static func slightLine(_ record: LessonRecord) -> String {
        let late = record.packets(at: .b, port: slight).filter { $0.has(.outOfOrder) }.count
        let duplicates = duplicateACKs(record, slight)
        let resent = resends(record, slight).count
        return ClaimLine.line(
            "Overtaken by two: wirewatch calls \(ClaimLine.count(late, "segment")) at B outOfOrder, B sent "
                + "\(ClaimLine.count(duplicates, "duplicate ACK")), and A sent nothing again: fewer than three prove no "
                + "loss (RFC 5681).",
            if: late == 1 && duplicates == 2 && resent == 0 && counted(record, slight) == 0,
            elseSeen: "\(late) segments out of order at B, \(duplicates) duplicate ACKs, \(resent) resends")
    }

    private static func heavyLine(_ record: LessonRecord) -> String {
        let duplicates = duplicateACKs(record, heavy)
        let resent = resends(record, heavy)
        let counted = counted(record, heavy)
        return ClaimLine.line(
            "Overtaken by five: after \(duplicates) duplicate ACKs A took the segment for lost and sent it again, "
                + "\(ClaimLine.count(resent.count, "resend")) for nothing. Its kernel counts \(counted ?? 0).",
            if: duplicates == 5 && resent.count == 1 && counted == 1,
            elseSeen: "\(duplicates) duplicate ACKs, \(resent.count) resends, \(counted ?? 0) in the kernel's count")
    }

    private static func dSACK(_ record: LessonRecord) -> String {
        let notices = record.packets(at: .a, port: heavy).filter { $0.has(.dSACK) }.count
        return ClaimLine.line(
            "B got that segment twice and said so in \(ClaimLine.count(notices, "D-SACK")): so A learns that it had "
                + "been too quick.",
            if: notices > 0,
            elseSeen: "no D-SACK came")
    }
}
