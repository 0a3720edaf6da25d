internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let lostSegment = Lesson(
        name: "lost-segment",
        title: "A link that loses frames: the sender's kernel sends them again, and the receiver's waits",
        watchFor: """
            Watch each segment leave A, and see which the link drops. Then watch what tells A of it: duplicate ACKs where \
            more data follows, a timeout where none does.
            """,
        place: 30, initiator: "client", responder: "server",
        setting: .link(LostSegmentScript.conditions) { stage in try LostSegmentScript.play(stage) },
        closing: LostSegmentScript.closing)
}

private enum LostSegmentScript {
    static var conditions: LinkConditions {
        var conditions = LinkConditions.delay(10_000_000)
        conditions.fromA.loss = 0.1
        conditions.fromA.sparesEmptySegments = true
        return conditions
    }

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: 7000) { connection in
            while let octets = try connection.receive(), !octets.isEmpty {}
        }
        let client = try stage.connect(port: 7000)
        try stage.watchingKernel(of: client, .client) {
            for _ in 0..<6 {
                try client.send([UInt8](repeating: 0x61, count: 6000))
                stage.pause(milliseconds: 100)
            }
            try client.shutdownSending()
            while let octets = try client.receive(), !octets.isEmpty {}
        }
        client.close()
        try serving.wait()
    }

    static func closing(_ record: LessonRecord) -> [String] {
        let dropped = record.linkEvents.filter { $0.source == .a && $0.fate.isDropped }.count
        let labelled = record.packets(at: .a).filter { $0.retransmission != nil }.count
        return ["The link dropped \(dropped) frames from A; wirewatch labelled \(labelled) resends at A."]
    }
}
