internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let lostSegment = Lesson(
        name: "lost-segment",
        title: "A lost segment: found at once where more data follows, late where none does",
        watchFor: """
            The link drops one segment of each of two messages: the second of eight, and later one that nothing follows. \
            Watch what tells the client's kernel of the loss: duplicate ACKs the first time, only the clock the second.
            """,
        place: 30, initiator: "client", responder: "server",
        setting: .link(LostSegmentScript.conditions) { stage in try LostSegmentScript.play(stage) },
        closing: LostSegmentScript.closing)
}

private enum LostSegmentScript {
    static let port: UInt16 = 7030
    /// Octets of a full segment: an MTU of 1500 less IPv4, TCP and timestamps.
    static let segment = 1448
    static let firstLost = 2
    static let lastLost = 9

    static let conditions = LinkConditions.delay(20_000_000, rules: .fromA(.drop, .data, firstLost, lastLost))

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: port) { connection in
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: port)
        try stage.watchingKernel(of: client, .client) {
            try client.send([UInt8](repeating: 0x61, count: 8 * segment))
            stage.pause(milliseconds: 500)
            try client.send([UInt8](repeating: 0x62, count: 500))
            stage.pause(milliseconds: 700)
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
        guard dropped.count == 2, resends.count >= 2, let early = resends.first, let late = resends.last else {
            return [
                ClaimLine.line(
                    "", if: false, elseSeen: "\(dropped.count) segments were dropped and \(resends.count) sent again")
            ]
        }
        let waits = [(dropped[0], early), (dropped[1], late)].map { $0.fate.arrival.distance(to: $1.info.timestamp) }
        let duplicates = packets.count {
            $0.has(SegmentLabel.Kind.duplicateACK) && $0.info.timestamp < early.info.timestamp
        }
        let counted = record.resendsCounted(by: .client)
        return [
            ClaimLine.line(
                "The second of eight segments was lost: \(ClaimLine.count(duplicates, "duplicate ACK")) told of it, and it went "
                    + "out again after \(DurationText(nanoseconds: waits[0])), a round trip and a little.",
                if: duplicates >= 1 && early.retransmission?.cause == .fast,
                elseSeen: "\(duplicates) duplicate ACKs came, and it went out after "
                    + "\(DurationText(nanoseconds: waits[0]))"),
            ClaimLine.line(
                "Nothing followed the last one, so nothing told of its loss but the clock: it went out again after "
                    + "\(DurationText(nanoseconds: waits[1])).",
                if: waits[1] > waits[0], elseSeen: "it went out after \(DurationText(nanoseconds: waits[1]))"),
            ClaimLine.line(
                "wirewatch labelled \(resends.count) resends; the client's kernel counts \(counted ?? 0).",
                if: counted.map { Int($0) == resends.count } ?? false,
                elseSeen: "\(resends.count) were labelled, \(counted ?? 0) counted"),
        ]
    }
}
