internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let handshake = Lesson(
        name: "handshake",
        title: "How a connection opens and ends: three segments, four segments, and who waits at the end",
        watchFor: """
            Watch SYN, SYN ACK and ACK cross a slow link, and see at which of them each program's call returns. At the \
            end each side says FIN for its own half; the side that said it first has to wait.
            """,
        place: 10, initiator: "client", responder: "server",
        setting: .link(.delay(HandshakeScript.delay)) { stage in try HandshakeScript.play(stage) },
        closing: HandshakeScript.closing)
}

private enum HandshakeScript {
    static let delay: Int64 = 20_000_000
    static let port: UInt16 = 7000
    static let octets = 100

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: port) { connection in
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: port)
        stage.pause(milliseconds: 100)
        try client.send([UInt8](repeating: 0x61, count: octets))
        stage.pause(milliseconds: 100)
        try client.shutdownSending()
        try client.receiveToEnd()
        client.close()
        try serving.wait()
    }

    static func closing(_ record: LessonRecord) -> [String] {
        [opening(record), numbers(record), calls(record), ending(record), waiting(record)]
    }

    private static func opening(_ record: LessonRecord) -> String {
        let first = Array(record.packets(at: .a, port: port).prefix(3))
        let kinds = first.map { $0.packet.tcp?.flags ?? [] }
        guard kinds == [.syn, [.syn, .ack], .ack] else {
            return ClaimLine.line("", if: false, elseSeen: "the connection did not open with SYN, SYN ACK, ACK")
        }
        let trip = DurationText(nanoseconds: first[0].info.timestamp.distance(to: first[1].info.timestamp))
        return "SYN, SYN ACK, ACK: the answer came after \(trip), one round trip of the link."
    }

    private static func numbers(_ record: LessonRecord) -> String {
        let segments = record.packets(at: .a, port: port).compactMap { $0.flow?.tcp }
        let data = segments.first { $0.relativeSequenceEnd - $0.relativeSequenceNumber == Int64(octets) }
        let last = segments.compactMap(\.relativeAcknowledgmentNumber).max() ?? 0
        return ClaimLine.line(
            "A SYN takes number 0 of its side, so the first of the \(octets) octets has number 1; the FIN takes one too, so "
                + "the last ACK of the client's half says \(octets + 2).",
            if: data?.relativeSequenceNumber == 1 && last == octets + 2,
            elseSeen: "the data began at \(data?.relativeSequenceNumber ?? -1), and the highest ACK was \(last)")
    }

    private static func calls(_ record: LessonRecord) -> String {
        guard let connect = record.calls(.connect, by: .client).first,
            let accept = record.calls(.accept, by: .server).first
        else { return ClaimLine.line("", if: false, elseSeen: "a call is missing") }
        let took = DurationText(nanoseconds: connect.start.distance(to: connect.end))
        let later = connect.end.distance(to: accept.end)
        return ClaimLine.line(
            "The client's connect returned after \(took), when the SYN ACK came; the server's accept "
                + "\(DurationText(nanoseconds: later)) later, when the ACK had crossed.",
            if: later > 0, elseSeen: "accept returned before connect")
    }

    private static func ending(_ record: LessonRecord) -> String {
        let fins = record.packets(at: .a, port: port).filter { $0.has(TCPFlags.fin) }
        let ends = record.calls(.receive, by: .server).filter(\.isEndOfStream).count
        return ClaimLine.line(
            "\(ClaimLine.count(fins.count, "FIN")), one a half: the first told the server's program the end of the stream, and "
                + "it closed in turn.",
            if: fins.count == 2 && fins.first.map { $0.isTo(port) } == true && ends == 1,
            elseSeen: "\(ClaimLine.count(fins.count, "FIN")) crossed the wire")
    }

    private static func waiting(_ record: LessonRecord) -> String {
        let last = record.packets(at: .a, port: port).last { $0.isTo(port) }?.flow?.tcp
        let state = last?.senderState
        return ClaimLine.line(
            "The client said FIN first, so its kernel keeps the connection in TIME-WAIT after the last ACK, in case that ACK "
                + "is lost; the server's is gone at once.",
            if: state == .timeWait, elseSeen: "the client's state was \(state?.name ?? "unknown")")
    }
}
