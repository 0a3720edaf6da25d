internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let refused = Lesson(
        name: "refused",
        title: "A port that nobody holds: TCP answers with a reset, UDP by ICMP, and late",
        watchFor: """
            Nobody listens on host B. Watch what comes back for a SYN and what for a datagram, and which of the \
            program's calls is told of it: the one that asked, or the next.
            """,
        place: 120, initiator: "client", responder: "server",
        setting: .link(.delay(20_000_000)) { stage in try RefusedScript.play(stage) },
        closing: RefusedScript.closing)
}

private enum RefusedScript {
    static let stream: UInt16 = 7020
    static let datagrams: UInt16 = 7021

    static func play(_ stage: LinkStage) throws {
        do {
            try stage.connect(port: stream).close()
        } catch {
            // Expected, and recorded.
        }
        stage.pause(milliseconds: 100)
        let sender = try stage.sender(to: datagrams)
        try sender.send([UInt8](repeating: 0x61, count: 100))
        // Nothing can come but the answer to the datagram, which ends this wait.
        _ = try? sender.receive(bufferSize: 1500)
        try sender.send([UInt8](repeating: 0x62, count: 200))
        // Here the next call is a send: it is refused for the datagram before it, and is not sent.
        try awaitError(of: sender)
        _ = try? sender.send([UInt8](repeating: 0x63, count: 300))
        sender.close()
    }

    /// Waits until the socket holds an error, without taking it.
    private static func awaitError(of sender: borrowing UDPSocket) throws(LessonError) {
        var waiting = pollfd(fd: sender.base.descriptor.rawValue, events: 0, revents: 0)
        guard unsafe poll(&waiting, 1, 5000) == 1 else { throw .notSeen("an answer to the second datagram") }
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        [refusedConnection(record), refusedDatagram(record), refusedSend(record)]
    }

    private static func refusedConnection(_ record: LessonRecord) -> String {
        let packets = record.packets(at: .a, port: stream)
        let connects = record.calls(.connect, by: .client, port: stream)
        let isReset =
            packets.first?.has(TCPFlags.syn) ?? false && packets.last?.has(TCPFlags.rst) ?? false
        let trips = packets.count == 2 ? ", one round trip" : ""
        let span = connects.first.map { "\(DurationText(nanoseconds: $0.start.distance(to: $0.end)))" } ?? "no time"
        return ClaimLine.line(
            "TCP: B's kernel answered the SYN with an RST, and connect failed with ECONNREFUSED after "
                + "\(span)\(trips).",
            if: isReset && connects.errnos == [ECONNREFUSED],
            elseSeen: "\(ClaimLine.count(packets.count, "segment")) and \(connects.errnos.count) failed connects")
    }

    /// Destination unreachable, port unreachable (RFC 792).
    private static func portUnreachables(_ record: LessonRecord) -> [PacketEvent] {
        record.packets(at: .a).filter {
            if case .icmp(let header) = $0.packet.transport { header.type == 3 && header.code == 3 } else { false }
        }
    }

    private static func refusedDatagram(_ record: LessonRecord) -> String {
        let sends = record.calls(.send, by: .sender)
        let receives = record.calls(.receive, by: .sender)
        let answers = portUnreachables(record)
        return ClaimLine.line(
            "UDP: the send of \(sends.first?.octets ?? 0) octets succeeded, for it asks nobody. B's kernel answered with "
                + "ICMP port unreachable, and the next call, a receive, failed with ECONNREFUSED.",
            if: sends.first?.failure == nil && !answers.isEmpty && receives.errnos == [ECONNREFUSED],
            elseSeen: "\(ClaimLine.count(answers.count, "ICMP answer")) and \(receives.errnos.count) failed receives")
    }

    private static func refusedSend(_ record: LessonRecord) -> String {
        let sends = record.calls(.send, by: .sender)
        let frames = record.packets(at: .a).filter { $0.packet.udp != nil }.count
        let answers = portUnreachables(record).count
        return ClaimLine.line(
            "The next call may be a send, too: of \(sends.count) sends the last failed for the datagram before it, and "
                + "its own octets never left. \(ClaimLine.count(frames, "datagram")) crossed the wire, "
                + "\(ClaimLine.count(answers, "ICMP answer")) came back.",
            if: sends.count == 3 && sends.errnos == [ECONNREFUSED] && sends.last?.failure != nil && frames == 2
                && answers == 2,
            elseSeen: "\(sends.errnos.count) of \(sends.count) sends failed, \(frames) datagrams, \(answers) answers")
    }
}
