internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let halfClose = Lesson(
        name: "half-close",
        title: "Half-close: one side says FIN and goes on receiving",
        watchFor: """
            Watch the client end its half of the stream as soon as it has asked. The server learns from that FIN that it has \
            the whole question, and answers at leisure over the half that is still open.
            """,
        place: 80, initiator: "client", responder: "server",
        setting: .link(.delay(5_000_000)) { stage in try HalfCloseScript.play(stage) },
        closing: HalfCloseScript.closing)
}

private enum HalfCloseScript {
    static let port: UInt16 = 7080
    static let question = Array("sum: 1 2 3 4".utf8)
    static let answers = 3

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: port) { connection in
            try connection.receiveToEnd()
            for _ in 0..<answers {
                stage.pause(milliseconds: 150)
                try connection.send([UInt8](repeating: 0x62, count: 1000))
            }
        }
        let client = try stage.connect(port: port)
        try client.send(question)
        try client.shutdownSending()
        try client.receiveToEnd()
        client.close()
        try serving.wait()
    }

    static func closing(_ record: LessonRecord) -> [String] {
        let packets = record.packets(at: .a, port: port)
        guard let fin = packets.first(where: { $0.isTo(port) && $0.has(TCPFlags.fin) }) else {
            return [ClaimLine.line("", if: false, elseSeen: "the client sent no FIN")]
        }
        let answers = packets.filter {
            !$0.isTo(port) && $0.packet.payloadLength > 0 && $0.info.timestamp > fin.info.timestamp
        }
        let received = record.calls(.receive, by: .client).octetCount
        let states = Set(answers.compactMap { $0.flow?.tcp?.receiverState })
        let senders = Set(answers.compactMap { $0.flow?.tcp?.senderState })
        let acknowledged =
            packets.filter { $0.isTo(port) }.compactMap { $0.flow?.tcp?.relativeAcknowledgmentNumber }
            .max() ?? 0
        let open = fin.info.timestamp.distance(to: answers.last?.info.timestamp ?? fin.info.timestamp)
        let ends = record.calls(.receive, by: .server).filter(\.isEndOfStream).count
        return [
            ClaimLine.line(
                "The client's FIN told the server's program the end of the question; it did not end the connection.",
                if: ends == 1 && !answers.isEmpty, elseSeen: "\(answers.count) segments followed the client's FIN"),
            ClaimLine.line(
                "For \(DurationText(nanoseconds: open)) more the server sent: \(ClaimLine.count(answers.count, "segment")) with "
                    + "\(received) octets, every one acknowledged by a client that had closed its half.",
                if: answers.count == Self.answers && received == Self.answers * 1000 && acknowledged > received,
                elseSeen: "\(answers.count) segments and \(received) octets came, acknowledged up to \(acknowledged)"),
            ClaimLine.line(
                "Meanwhile the client was in FIN-WAIT-2 and the server in CLOSE-WAIT (RFC 9293 §3.3.2).",
                if: states == [.finWait2] && senders == [.closeWait],
                elseSeen: "the client was in \(states.map(\.name).sorted()), the server in "
                    + "\(senders.map(\.name).sorted())"),
        ]
    }
}
