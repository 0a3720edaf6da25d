internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let nagle = Lesson(
        name: "nagle",
        title: "Nagle's algorithm meets delayed ACKs: a question in two sends waits 40 ms, with TCP_NODELAY not",
        watchFor: """
            Each question is written in two sends, and answered when both have come. Watch the second half wait for the ACK \
            of the first, while the server's kernel waits with that ACK for something to send; and then the same with \
            TCP_NODELAY.
            """,
        place: 70, initiator: "client", responder: "server",
        setting: .link(.delay(NagleScript.delay)) { stage in try NagleScript.play(stage) },
        closing: NagleScript.closing)
}

private enum NagleScript {
    static let delay: Int64 = 2_000_000
    static let rounds = 8
    static let withNagle: UInt16 = 7070
    static let withoutNagle: UInt16 = 7071
    static let half = [UInt8](repeating: 0x61, count: 10)
    /// Nanoseconds beyond which a round has waited for a delayed ACK: they take 40 ms and more.
    static let longWait: Int64 = 35_000_000

    static func play(_ stage: LinkStage) throws {
        try ask(stage, port: withNagle, isDelayed: true)
        stage.pause(milliseconds: 100)
        try ask(stage, port: withoutNagle, isDelayed: false)
    }

    private static func ask(_ stage: LinkStage, port: UInt16, isDelayed: Bool) throws {
        let serving = try stage.serve(port: port) { connection in
            var count = 0
            while let octets = try connection.receive(), !octets.isEmpty {
                count += octets.count
                if count == 2 * half.count {
                    count = 0
                    try connection.send([UInt8](repeating: 0x62, count: 20))
                }
            }
        }
        let client = try stage.connect(port: port) { descriptor throws(SocketError) in
            if !isDelayed { try descriptor.disableNagle() }
        }
        for _ in 0..<rounds {
            try client.send(half)
            try client.send(half)
            _ = try client.receive()
        }
        try client.shutdownSending()
        try client.receiveToEnd()
        client.close()
        try serving.wait()
    }

    static func closing(_ record: LessonRecord) -> [String] {
        let (delayed, prompt) = (waits(record, withNagle), waits(record, withoutNagle))
        let (slow, fast) = (delayed.count { $0 > longWait }, prompt.count { $0 > longWait })
        return [
            ClaimLine.line(
                "With Nagle's algorithm \(slow) of \(delayed.count) answers took longer than 35 ms, the longest "
                    + "\(text(delayed.max())): the second half waited for an ACK that the server's kernel held back.",
                if: slow > 0, elseSeen: "no answer took longer than 35 ms, the longest \(text(delayed.max()))"),
            ClaimLine.line(
                "With TCP_NODELAY \(fast == 0 ? "none" : "\(fast)") of \(prompt.count) did, the median "
                    + "\(text(median(prompt))): both halves left at once, in \(segments(record, withoutNagle)) segments.",
                if: fast < slow, elseSeen: "\(fast) answers took longer than 35 ms with TCP_NODELAY, too"),
            "The round trip is \(text(roundTrip(record))). Who writes a question in one send needs neither: nothing small is then left to wait.",
        ]
    }

    /// Nanoseconds from each question's first send to its answer's receive.
    private static func waits(_ record: LessonRecord, _ port: UInt16) -> [Int64] {
        let sends = record.calls(.send, by: .client, port: port)
        let receives = record.calls(.receive, by: .client, port: port).filter { !$0.isEndOfStream }
        return receives.enumerated().compactMap { index, receive in
            2 * index < sends.count ? sends[2 * index].start.distance(to: receive.end) : nil
        }
    }

    /// From the first SYN to its answer, at the client.
    private static func roundTrip(_ record: LessonRecord) -> Int64? {
        let packets = record.packets(at: .a, port: withNagle)
        guard packets.count > 1 else { return nil }
        return packets[0].info.timestamp.distance(to: packets[1].info.timestamp)
    }

    private static func segments(_ record: LessonRecord, _ port: UInt16) -> Int {
        record.packets(at: .a, port: port).count { $0.isTo(port) && $0.packet.payloadLength > 0 }
    }

    private static func median(_ waits: [Int64]) -> Int64? { waits.isEmpty ? nil : waits.sorted()[waits.count / 2] }

    private static func text(_ wait: Int64?) -> String { wait.map { "\(DurationText(nanoseconds: $0))" } ?? "unknown" }
}
