internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let http = Lesson(
        name: "http",
        title: "HTTP: a value crosses the wire as text, and comes back named",
        watchFor: """
            Watch the client post a number and a truth value as JSON, and the server answer with what it received. The same \
            connection then carries a number that is too great, and a method that is not allowed: HTTP says what is wrong in its \
            answers, and the stream below goes on.
            """,
        place: 210, initiator: "client", responder: "server",
        setting: .link(.delay(5_000_000)) { stage in try HTTPScript.play(stage) },
        closing: HTTPScript.closing)
}

private enum HTTPScript {
    static let port: UInt16 = 7210
    static let requests = [
        post(#"{"number":5,"boolean":true}"#), post(#"{"number":4294967296,"boolean":true}"#),
        "GET /data HTTP/1.1\r\nHost: server\r\n\r\n",
    ]
    static let statuses: [UInt16] = [200, 400, 405]

    static func post(_ json: String) -> String {
        "POST /data HTTP/1.1\r\nHost: server\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(json.utf8.count)\r\n\r\n\(json)"
    }

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: port) { connection in
            var stream = HTTPStream()
            while let (head, body) = try stream.next(from: connection) {
                try connection.send(Array(answer(head, body).utf8))
            }
        }
        let client = try stage.connect(port: port)
        var stream = HTTPStream()
        for request in requests {
            try client.send(Array(request.utf8))
            _ = try stream.next(from: client)
        }
        try client.shutdownSending()
        try client.receiveToEnd()
        client.close()
        try serving.wait()
    }

    // MARK: The server

    static func answer(_ head: String, _ body: String) -> String {
        guard head.hasPrefix("POST ") else {
            return response("405 Method Not Allowed", "only POST is answered here", "Allow: POST\r\n")
        }
        guard let match = body.wholeMatch(of: #/\{"number":(\d+),"boolean":(true|false)\}/#) else {
            return response("400 Bad Request", "the body is not the value's JSON")
        }
        guard let number = UInt32(match.1) else {
            return response("400 Bad Request", "number: must be a whole number from 0 to \(UInt32.max)")
        }
        return response("200 OK", "Received: Data(number: \(number), boolean: \(match.2))")
    }

    private static func response(_ status: String, _ text: String, _ fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(fields)Content-Type: text/plain\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
    }

    // MARK: What was to be seen

    static func closing(_ record: LessonRecord) -> [String] {
        let packets = record.packets(at: .a, port: port)
        let heads = packets.flatMap { packet in
            packet.http.compactMap { said -> (time: Timestamp, head: HTTPHead)? in
                if case .head(let head) = said { (packet.info.timestamp, head) } else { nil }
            }
        }
        let connections = Set(packets.compactMap { $0.flow?.flow }).count
        let answered = heads.compactMap { entry -> UInt16? in
            if case .response(let status) = entry.head.startLine { status } else { nil }
        }
        let waits = heads.compactMap { answer -> Int64? in
            guard case .response = answer.head.startLine else { return nil }
            return heads.first { $0.head.exchange == answer.head.exchange }.map { $0.time.distance(to: answer.time) }
        }
        let first = heads.first.map { lengths($0.head) } ?? (head: 0, body: 0)
        let sent = record.calls(.send, by: .client).first?.octets ?? 0
        return [
            ClaimLine.line(
                "The value took \(first.body) octets of JSON, and its envelope \(first.head): all of it text, in one send of "
                    + "\(sent) octets.",
                if: first.body == 27 && Int(first.head + first.body) == sent,
                elseSeen: "the first request had \(first.head) and \(first.body) octets, in a send of \(sent)"),
            ClaimLine.line(
                "Three exchanges, one connection: answered \(answered.map { "\($0)" }.joined(separator: ", ")). What was wrong "
                    + "with a request ended neither the next one nor the stream.",
                if: answered == statuses && connections == 1,
                elseSeen: "the answers were \(answered), on \(connections) connections"),
            ClaimLine.line(
                "Each answer came \(DurationText(nanoseconds: waits.min() ?? 0)) to "
                    + "\(DurationText(nanoseconds: waits.max() ?? 0)) after its request: the way there and back, 10 ms, and the "
                    + "server's work.",
                if: waits.count == statuses.count && waits.allSatisfy { $0 >= 10_000_000 },
                elseSeen: "the answers came after \(waits) ns"),
        ]
    }

    private static func lengths(_ head: HTTPHead) -> (head: UInt64, body: UInt64) {
        if case .length(let length) = head.framing { (head.headLength, length) } else { (head.headLength, 0) }
    }
}

/// Messages out of a connection's stream: HTTP's own marks say where each ends.
private struct HTTPStream {
    private var octets: [UInt8] = []

    /// The next message; nil at the stream's end.
    mutating func next(from connection: borrowing TCPSocket) throws(SocketError) -> (head: String, body: String)? {
        while true {
            if let message = take() { return message }
            guard let more = try connection.receive(), !more.isEmpty else { return nil }
            octets += more
        }
    }

    private mutating func take() -> (head: String, body: String)? {
        guard let empty = octets.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: octets[..<empty.upperBound], as: UTF8.self)
        let length = head.firstMatch(of: #/Content-Length: (\d+)/#).flatMap { Int($0.1) } ?? 0
        let end = empty.upperBound + length
        guard octets.count >= end else { return nil }
        let body = String(decoding: octets[empty.upperBound..<end], as: UTF8.self)
        octets.removeFirst(end)
        return (head, body)
    }
}
