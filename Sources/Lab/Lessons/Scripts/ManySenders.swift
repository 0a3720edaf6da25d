internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let manySenders = Lesson(
        name: "many-senders",
        title: "Many senders to one UDP socket: no connections, and each datagram names its sender",
        watchFor: """
            Three programs on A send to one socket on B, all at once. Watch that nothing is agreed first, that one \
            socket takes all the datagrams, mixed, and that only their source ports tell them apart.
            """,
        place: 150, initiator: "sender", responder: "receiver",
        setting: .link(.delay(5_000_000)) { stage in try ManySendersScript.play(stage) },
        closing: ManySendersScript.closing)
}

private enum ManySendersScript {
    static let port: UInt16 = 7050
    static let senderCount = 3
    static let datagramCount = 3

    static func play(_ stage: LinkStage) throws {
        let reception = try stage.receiveDatagrams(port: port)
        let parts = try (1...senderCount).map { sender in
            try stage.start(on: .a) {
                let socket = try stage.sender(to: port)
                for datagram in 1...datagramCount {
                    try socket.send(Array(text(sender, datagram).utf8))
                    // No two senders in step, so that their datagrams mix.
                    stage.pause(milliseconds: UInt32(20 + 7 * sender))
                }
                socket.close()
            }
        }
        for part in parts { try part.wait() }
        try reception.await(senderCount * datagramCount)
        try reception.end()
    }

    static func text(_ sender: Int, _ datagram: Int) -> String { "sender \(sender), datagram \(datagram)" }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        let sends = record.calls(.send, by: .sender)
        let receives = record.calls(.receive, by: .receiver)
        var lines = [
            oneSocket(record, receives)
        ]
        for port in ports(of: receives) { lines.append(whatCame(from: port, sends, receives)) }
        lines.append(mixed(receives))
        return lines
    }

    /// The senders' ports, in the order in which each first came.
    private static func ports(of receives: [SocketEvent]) -> [UInt16] {
        var ports: [UInt16] = []
        for case let port? in receives.map({ $0.peer?.port }) where !ports.contains(port) { ports.append(port) }
        return ports
    }

    private static func oneSocket(_ record: LessonRecord, _ receives: [SocketEvent]) -> String {
        let sockets = Set(receives.map { $0.local?.port }).count
        let frames = record.packets(at: .b, port: port)
        let answers = frames.filter { !$0.isTo(port) }.count
        let senders = ports(of: receives).count
        return ClaimLine.line(
            "One socket on B took \(receives.count) datagrams of \(senders) senders, out of \(frames.count) frames: no "
                + "handshake came before, and no answer after.",
            if: sockets == 1 && answers == 0 && frames.count == receives.count && senders == senderCount,
            elseSeen: "\(sockets) sockets, \(senders) senders, \(frames.count) frames, \(answers) of them from B")
    }

    private static func whatCame(from port: UInt16, _ sends: [SocketEvent], _ receives: [SocketEvent]) -> String {
        let sent = sends.filter { $0.local?.port == port }.map(\.content)
        let received = receives.filter { $0.peer?.port == port }.map(\.content)
        let first = received.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return ClaimLine.line(
            "From port \(port) came \(ClaimLine.count(received.count, "datagram")), beginning with \"\(first)\": all "
                + "that the socket with this port had sent, and nothing else.",
            if: sent == received,
            elseSeen: "\(sent.count) datagrams left port \(port) and \(received.count) came from it")
    }

    private static func mixed(_ receives: [SocketEvent]) -> String {
        let changes = zip(receives, receives.dropFirst()).filter { $0.peer?.port != $1.peer?.port }.count
        return ClaimLine.line(
            "The receiver got them as they came: from one datagram to the next the sender changed \(changes) times. "
                + "Sorting them is the program's own work.",
            if: changes >= senderCount,
            elseSeen: "the sender changed \(changes) times")
    }
}
