internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let blockingAndAsync = Lesson(
        name: "blocking-and-async",
        title: "Three servers and the same clients: one blocking thread, a thread for each, tasks",
        watchFor: """
            A slow client is followed by two quick ones, three times over: against a server with one thread that blocks, \
            one with a thread for each client, and an asynchronous one. Watch when the program receives what the quick \
            ones sent, and that the wire looks the same.
            """,
        place: 210, initiator: "client", responder: "server",
        setting: .link(.delay(5_000_000)) { stage in try BlockingAndAsyncScript(stage: stage).play() },
        closing: BlockingAndAsyncScript.closing)
}

private struct BlockingAndAsyncScript {
    static let oneThread: UInt16 = 7100
    static let threads: UInt16 = 7101
    static let tasks: UInt16 = 7102
    static let ports = [oneThread, threads, tasks]
    static let clientCount = 3
    static let octets = [UInt8](repeating: 0x61, count: 100)

    let stage: LinkStage

    func play() throws {
        for port in Self.ports {
            let service =
                switch port {
                case Self.oneThread: try stage.serveOneByOne(port: port, clients: Self.clientCount)
                case Self.threads: try stage.serveOnThreads(port: port, clients: Self.clientCount)
                default: try stage.serveWithTasks(port: port)
                }
            try call(port)
            try service.end()
            stage.pause(milliseconds: 100)
        }
    }

    /// Clients of one server: a slow one that is there first, then the quick ones, all at once.
    private func call(_ port: UInt16) throws {
        let arrival = stage.atB.expect { $0.isTo(port) && $0.packet.payloadLength > 0 }
        let slow = try stage.start(on: .a) { [stage] in
            let client = try stage.connect(port: port)
            try client.send(Self.octets)
            stage.pause(milliseconds: 500)
            try client.send(Self.octets)
            try Self.finish(client)
        }
        try stage.await(arrival, "the slow client's octets at B")
        let quick = try (1..<Self.clientCount).map { _ in
            try stage.start(on: .a) { [stage] in
                let client = try stage.connect(port: port)
                try client.send(Self.octets)
                try Self.finish(client)
            }
        }
        for part in [slow] + quick { try part.wait() }
    }

    private static func finish(_ client: consuming TCPSocket) throws {
        try client.shutdownSending()
        try client.receiveToEnd()
        client.close()
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        [oneByOne(record), atOnce(record), wire(record)]
    }

    /// Between a quick client's send and the moment at which the server's program had it, the longest; nil where it never
    /// had one.
    private static func longestWait(_ record: LessonRecord, _ port: UInt16) -> Int64? {
        let receives = record.calls(.receive, by: .server, port: port)
        let waits = quickSends(record, port).map { send in
            receives.first { $0.peer?.port == send.local?.port && $0.octets ?? 0 > 0 }
                .map { send.start.distance(to: $0.end) }
        }
        return waits.contains(nil) ? nil : waits.compactMap(\.self).max()
    }

    /// The sends of the clients that have but one.
    private static func quickSends(_ record: LessonRecord, _ port: UInt16) -> [SocketEvent] {
        let sends = record.calls(.send, by: .client, port: port)
        return sends.filter { send in sends.filter { $0.local?.port == send.local?.port }.count == 1 }
    }

    /// Between a quick client's send and the ACK of it at A, the longest.
    private static func longestAcknowledgment(_ record: LessonRecord, _ port: UInt16) -> Int64? {
        let packets = record.packets(at: .a, port: port)
        return quickSends(record, port).compactMap { send in
            packets.first {
                $0.packet.ports?.destination == send.local?.port
                    && $0.flow?.tcp?.relativeAcknowledgmentNumber ?? 0 > octets.count
            }.map { send.start.distance(to: $0.info.timestamp) }
        }.max()
    }

    private static func oneByOne(_ record: LessonRecord) -> String {
        guard let wait = longestWait(record, oneThread), let answer = longestAcknowledgment(record, oneThread) else {
            return "Not as expected in this run: the server with one thread did not serve all."
        }
        return ClaimLine.line(
            "One blocking thread: a quick client's octets were acknowledged after \(DurationText(nanoseconds: answer)) by "
                + "the kernel, and read by the program after \(DurationText(nanoseconds: wait)): it sat in a receive for "
                + "the slow client.",
            if: wait > 250_000_000 && answer < wait,
            elseSeen: "the longest wait was \(DurationText(nanoseconds: wait))")
    }

    private static func atOnce(_ record: LessonRecord) -> String {
        guard let blocked = longestWait(record, oneThread), let byThreads = longestWait(record, threads),
            let byTasks = longestWait(record, tasks)
        else { return "Not as expected in this run: a server did not serve all." }
        let manners = Set(record.calls(.receive, by: .server, port: tasks).map(\.manner))
        return ClaimLine.line(
            "A thread for each: at most \(DurationText(nanoseconds: byThreads)). Tasks on few threads: at most "
                + "\(DurationText(nanoseconds: byTasks)). Both wait for all their clients at once.",
            if: byThreads < blocked / 2 && byTasks < blocked / 2 && manners == [.async],
            elseSeen: "with threads it was \(DurationText(nanoseconds: byThreads)), with tasks "
                + "\(DurationText(nanoseconds: byTasks))")
    }

    private static func wire(_ record: LessonRecord) -> String {
        let counts = ports.map { port in
            let sent = record.packets(at: .a, port: port).filter { $0.isTo(port) }
            return [sent.filter { $0.has(TCPFlags.syn) }.count, sent.filter { $0.packet.payloadLength > 0 }.count]
        }
        let first = counts.first ?? []
        return ClaimLine.line(
            "On the wire nobody can tell which server it is: from A came \(first.first ?? 0) SYNs and "
                + "\(first.last ?? 0) segments with data for each of the three.",
            if: counts.allSatisfy { $0 == first } && first == [clientCount, clientCount + 1],
            elseSeen: "SYNs and segments with data were \(counts)")
    }
}
