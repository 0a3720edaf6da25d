internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let duplicates = Lesson(
        name: "duplicates",
        title: "A link that delivers everything twice: TCP hides it, UDP's program sees it",
        watchFor: """
            Every segment with data, and then every datagram, that leaves A arrives at B twice. Watch B's kernel throw \
            the second copies of a stream away and say so in its ACKs, and then a program that gets each datagram twice.
            """,
        place: 130, initiator: "client", responder: "server",
        setting: .link(DuplicatesScript.conditions) { stage in try DuplicatesScript.play(stage) },
        closing: DuplicatesScript.closing)
}

private enum DuplicatesScript {
    static let stream: UInt16 = 7030
    static let datagrams: UInt16 = 7031
    static let sendCount = 3

    static let conditions = LinkConditions.delay(
        10_000_000, rules: .all(.duplicate, .data, from: .a), .all(.duplicate, .datagram, from: .a))

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: stream) { connection in
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: stream)
        try stage.watchingKernel(of: client, .client) {
            for _ in 0..<sendCount {
                try client.send([UInt8](repeating: 0x61, count: 1000))
                stage.pause(milliseconds: 60)
            }
            try client.shutdownSending()
            try client.receiveToEnd()
            stage.awaitAllAcknowledged(client)
        }
        client.close()
        try serving.wait()

        let reception = try stage.receiveDatagrams(port: datagrams)
        let sender = try stage.sender(to: datagrams)
        for number in 1...sendCount {
            try sender.send(Array("datagram \(number)".utf8))
            stage.pause(milliseconds: 40)
        }
        try reception.await(2 * sendCount)
        sender.close()
        try reception.end()
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        [labels(record), programs(record), nobodySentAgain(record), datagrams(record)]
    }

    private static func labels(_ record: LessonRecord) -> String {
        let doubled = record.linkEvents.filter { $0.fate.kind == .dataSegment && $0.fate.departureCount == 2 }.count
        let labelled = record.packets(at: .b, port: stream)
            .filter { $0.packet.payloadLength > 0 && $0.has(.networkDuplicate) }.count
        return ClaimLine.line(
            "The link doubled \(doubled) segments with data, and wirewatch called \(labelled) at B networkDuplicate: the "
                + "second copy has the first one's IP identification, which a resend has not.",
            if: doubled == labelled && doubled > 0,
            elseSeen: "\(doubled) segments with data were doubled, \(labelled) labelled networkDuplicate")
    }

    private static func programs(_ record: LessonRecord) -> String {
        let sent = record.calls(.send, by: .client).octetCount
        let received = record.calls(.receive, by: .server).octetCount
        let arrived = record.packets(at: .b, port: stream).filter { $0.isTo(stream) }
            .reduce(0) { $0 + Int($1.packet.payloadLength) }
        return ClaimLine.line(
            "The programs saw nothing of it: \(sent) octets were sent, \(arrived) came over the wire to B, and its program "
                + "read \(received).",
            if: sent == received && arrived == 2 * sent,
            elseSeen: "\(sent) octets were sent, \(arrived) came to B, and its program read \(received)")
    }

    private static func nobodySentAgain(_ record: LessonRecord) -> String {
        let resends = record.packets(at: .a).filter { $0.isTo(stream) && $0.retransmission != nil }.count
        let notices = record.packets(at: .a, port: stream).filter { $0.has(.dSACK) }.count
        guard case .connection(let sample)? = record.kernelEvents.last?.answer,
            let counted = sample.info.totalRetransmissions
        else { return "A's kernel did not say how many segments it sent again (TCP_INFO)." }
        return ClaimLine.line(
            "A sent nothing twice: 0 resends on the wire, and 0 in its kernel's count. B told it of the copies in "
                + "\(ClaimLine.count(notices, "ACK")) with D-SACK.",
            if: resends == 0 && counted == 0 && notices > 0,
            elseSeen: "\(resends) resends at A, \(counted) in its kernel's count, \(notices) D-SACKs")
    }

    private static func datagrams(_ record: LessonRecord) -> String {
        let sent = record.calls(.send, by: .sender).count
        let received = record.calls(.receive, by: .receiver)
        let distinct = Set(received.map(\.content)).count
        return ClaimLine.line(
            "UDP has no such memory: of \(sent) datagrams the receiver's program got \(received.count), each of the "
                + "\(distinct) twice. Where that matters, the program must number them itself.",
            if: received.count == 2 * sent && distinct == sent,
            elseSeen: "\(sent) datagrams were sent and \(received.count) received")
    }
}
