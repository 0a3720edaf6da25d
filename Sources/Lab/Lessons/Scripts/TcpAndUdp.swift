internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let tcpAndUdp = Lesson(
        name: "tcp-and-udp",
        title: "The same messages through the same loss, once by UDP and once by TCP",
        watchFor: """
            Eight messages leave A at once, and the link drops the third and the sixth: first they are datagrams, then a \
            stream. Watch which messages come at all, and when the receiving program has each of them.
            """,
        place: 170, initiator: "client", responder: "server",
        setting: .link(TcpAndUdpScript.conditions) { stage in try TcpAndUdpScript.play(stage) },
        closing: TcpAndUdpScript.closing)
}

private enum TcpAndUdpScript {
    static let datagrams: UInt16 = 7070
    static let stream: UInt16 = 7071
    static let messageCount = 8
    static let messageLength = 1000
    static let droppedMessages = [3, 6]

    static let conditions = LinkConditions.delay(
        20_000_000, rules: .fromA(.drop, .datagram, 3, 6), .fromA(.drop, .data, 3, 6))

    static func play(_ stage: LinkStage) throws {
        let reception = try stage.receiveDatagrams(port: datagrams)
        let sender = try stage.sender(to: datagrams)
        for number in 1...messageCount { try sender.send(message(number)) }
        try reception.await(messageCount - droppedMessages.count)
        // Long enough for a TCP to have sent again: nothing of the kind will happen.
        stage.pause(milliseconds: 300)
        sender.close()
        try reception.end()

        let serving = try stage.serve(port: stream) { connection in
            while let octets = try connection.receive(atMost: messageLength), !octets.isEmpty {}
        }
        let client = try stage.connect(port: stream) { descriptor throws(SocketError) in
            try descriptor.disableNagle()
        }
        try stage.watchingKernel(of: client, .client) {
            for number in 1...messageCount { try client.send(message(number)) }
            stage.pause(milliseconds: 300)
            try client.shutdownSending()
            try client.receiveToEnd()
            stage.awaitAllAcknowledged(client)
        }
        client.close()
        try serving.wait()
    }

    static func message(_ number: Int) -> [UInt8] {
        let text = "message \(number). "
        return Array(String(repeating: text, count: messageLength / text.utf8.count + 1).utf8.prefix(messageLength))
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        let byUDP = datagramTimes(record)
        let byTCP = streamTimes(record)
        let times = zip(byUDP, byTCP).enumerated().map { index, time in
            "Message \(index + 1): by UDP \(text(time.0)), by TCP \(text(time.1))."
        }
        return [pattern(record)] + times + [udp(record, byUDP, byTCP), waiting(record, byTCP), resends(record, byTCP)]
    }

    private static func text(_ span: Int64?) -> String {
        span.map { "after \(DurationText(nanoseconds: $0))" } ?? "never"
    }

    /// How long after its send the receiving program had each message.
    private static func datagramTimes(_ record: LessonRecord) -> [Int64?] {
        let received = record.calls(.receive, by: .receiver)
        return record.calls(.send, by: .sender).map { send in
            received.first { $0.content == send.content }.map { send.start.distance(to: $0.end) }
        }
    }

    private static func streamTimes(_ record: LessonRecord) -> [Int64?] {
        let received = record.calls(.receive, by: .server)
        return record.calls(.send, by: .client).enumerated().map { index, send in
            var octets = 0
            let whole = received.first {
                octets += $0.octets ?? 0
                return octets >= (index + 1) * messageLength
            }
            return whole.map { send.start.distance(to: $0.end) }
        }
    }

    private static func payloads(_ record: LessonRecord, _ port: UInt16) -> [LinkEvent] {
        record.linkEvents.filter {
            $0.source == .a && $0.packet.ports?.destination == port && $0.packet.payloadLength > 0
        }
    }

    /// The places, from 1, of the frames that were dropped among those with payload.
    private static func dropped(_ record: LessonRecord, _ port: UInt16) -> [Int] {
        payloads(record, port).sorted { $0.fate.number < $1.fate.number }.enumerated()
            .filter(\.element.fate.isDropped).map { $0.offset + 1 }
    }

    private static func pattern(_ record: LessonRecord) -> String {
        let (first, second) = (dropped(record, datagrams), dropped(record, stream))
        let places = first.map(String.init).joined(separator: " and ")
        return ClaimLine.line(
            "The link did the same to both: of the frames with octets it dropped numbers \(places).",
            if: first == second && !first.isEmpty,
            elseSeen: "it dropped numbers \(first) of UDP's frames and \(second) of TCP's")
    }

    private static func udp(_ record: LessonRecord, _ times: [Int64?], _ streamTimes: [Int64?]) -> String {
        let longest = times.compactMap(\.self).max() ?? 0
        let missing = times.indices.filter { times[$0] == nil }.map { $0 + 1 }
        let frames = record.packets(at: .a, port: datagrams).count
        let list = missing.map(String.init).joined(separator: " and ")
        return ClaimLine.line(
            "UDP: messages \(list) are gone, and neither program was told. \(frames) frames carried \(times.count) "
                + "messages; what came waited for nothing: the last took \(DurationText(nanoseconds: longest)).",
            if: missing == dropped(record, datagrams) && frames == times.count
                && longest < streamTimes.compactMap(\.self).max() ?? 0,
            elseSeen: "messages \(missing) are missing, and \(frames) frames left A")
    }

    private static func waiting(_ record: LessonRecord, _ times: [Int64?]) -> String {
        let arrivals = record.packets(at: .b).filter { $0.isTo(stream) && $0.packet.payloadLength > 0 }
        let firstLost = droppedMessages.first ?? 0
        let kept = times.indices.filter { $0 + 1 > firstLost && !droppedMessages.contains($0 + 1) }
        // Of those behind the first lost one: when the segment reached B, and when the program had it.
        let sends = record.calls(.send, by: .client)
        let held = kept.compactMap { index -> Int64? in
            let first = Int64(index * messageLength + 1)
            guard let time = times[index], sends.indices.contains(index),
                let arrival = arrivals.first(where: { $0.flow?.tcp?.relativeSequenceNumber == first })
            else { return nil }
            return arrival.info.timestamp.distance(to: sends[index].start.advanced(by: time))
        }
        let longest = held.max() ?? 0
        return ClaimLine.line(
            "TCP: all \(times.count) messages came, in order. But the ones behind message \(firstLost) had reached B's "
                + "kernel and waited there for it, one of them \(DurationText(nanoseconds: longest)): a stream has no "
                + "gaps.",
            if: !times.contains(nil) && held.count == kept.count && longest > 5_000_000,
            elseSeen: "\(times.filter { $0 != nil }.count) of \(times.count) messages came, and the longest wait was "
                + "\(DurationText(nanoseconds: longest))")
    }

    private static func resends(_ record: LessonRecord, _ times: [Int64?]) -> String {
        let resends = record.packets(at: .a).filter { $0.isTo(stream) && $0.retransmission != nil }
        let fast = resends.filter { $0.retransmission?.cause == .fast }.count
        guard case .connection(let sample)? = record.kernelEvents.last?.answer,
            let counted = sample.info.totalRetransmissions
        else { return "A's kernel did not say how many segments it sent again (TCP_INFO)." }
        return ClaimLine.line(
            "TCP's price: \(ClaimLine.count(resends.count, "resend")), \(fast) of them fast, told of by B's ACKs. A's "
                + "kernel counts \(counted).",
            if: Int(counted) == resends.count && resends.count >= droppedMessages.count,
            elseSeen: "\(resends.count) resends were labelled and the kernel counts \(counted)")
    }
}
