internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let stream = Lesson(
        name: "stream",
        title: "A stream has no message boundaries: sends and receives do not pair up",
        watchFor: """
            Watch the client send five small messages, which its peer receives in one call; and then one large message, \
            which its peer receives in many. What one send wrote, no receive can tell: a protocol must mark its messages.
            """,
        place: 20, initiator: "client", responder: "server",
        setting: .link(.delay(5_000_000)) { stage in try StreamScript.play(stage) },
        closing: StreamScript.closing)
}

private enum StreamScript {
    static let messages = ["GET a;", "GET b;", "GET c;", "GET d;", "GET e;"]
    static let large = 20_000
    static let smallPort: UInt16 = 7020
    static let largePort: UInt16 = 7021

    static func play(_ stage: LinkStage) throws {
        let allSmall = stage.atB.expect {
            $0.isTo(smallPort) && ($0.flow?.tcp?.relativeSequenceEnd ?? 0) > messages.joined().utf8.count
        }
        let small = try stage.serve(port: smallPort) { connection in
            // The program comes late: all five are in its kernel by then.
            try stage.await(allSmall, "the five messages")
            stage.pause(milliseconds: 20)
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: smallPort)
        for message in messages { try client.send(Array(message.utf8)) }
        try client.shutdownSending()
        try client.receiveToEnd()
        client.close()
        try small.wait()

        stage.pause(milliseconds: 100)
        let big = try stage.serve(port: largePort) { connection in
            while let octets = try connection.receive(atMost: 4096), !octets.isEmpty {}
        }
        let second = try stage.connect(port: largePort)
        try second.send([UInt8](repeating: 0x61, count: large))
        try second.shutdownSending()
        try second.receiveToEnd()
        second.close()
        try big.wait()
    }

    static func closing(_ record: LessonRecord) -> [String] {
        [
            line(record, smallPort, "messages", isAsExpected: { $0 > $1 }),
            line(record, largePort, "message", isAsExpected: { $0 < $1 }),
            "The octets and their order are all that TCP keeps: \(total(record)) were sent, and as many received.",
        ]
    }

    private static func line(
        _ record: LessonRecord, _ port: UInt16, _ noun: String, isAsExpected: (_ sends: Int, _ receives: Int) -> Bool
    ) -> String {
        let sends = record.calls(.send, by: .client, port: port)
        let receives = record.calls(.receive, by: .server, port: port).filter { !$0.isEndOfStream }
        let segments = record.packets(at: .a, port: port).count { $0.isTo(port) && $0.packet.payloadLength > 0 }
        let text =
            "\(ClaimLine.count(sends.count, "send")) became \(ClaimLine.count(segments, "segment")) with data and "
            + "\(ClaimLine.count(receives.count, "receive")): \(sends.octetCount) octets in all."
        return ClaimLine.line(
            text, if: isAsExpected(sends.count, receives.count) && sends.octetCount == receives.octetCount,
            elseSeen: "\(text) for the \(noun) to port \(port)")
    }

    private static func total(_ record: LessonRecord) -> String {
        let sent = record.calls(.send, by: .client).octetCount
        let received = record.calls(.receive, by: .server).octetCount
        return sent == received ? "\(sent) octets" : "\(sent) octets (but \(received) received)"
    }
}
