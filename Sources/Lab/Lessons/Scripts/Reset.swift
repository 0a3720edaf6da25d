internal import Dispatch
internal import FlowAnalysis
internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let reset = Lesson(
        name: "reset",
        title: "Three ways a connection ends: in order, by a reset on purpose, and by unread octets",
        watchFor: """
            Three connections carry the same 500 octets and end differently: each side says FIN; the client closes with \
            SO_LINGER 0; the server closes without having read. Watch which of them an RST ends, and what the other \
            program is told.
            """,
        place: 110, initiator: "client", responder: "server",
        setting: .link(.delay(5_000_000)) { stage in try ResetScript(stage: stage).play() },
        closing: ResetScript.closing)
}

private struct ResetScript {
    static let orderly: UInt16 = 7010
    static let lingering: UInt16 = 7011
    static let unread: UInt16 = 7012
    static let octets = [UInt8](repeating: 0x61, count: 500)

    let stage: LinkStage

    func play() throws {
        try endInOrder()
        stage.pause(milliseconds: 100)
        try resetOnPurpose()
        stage.pause(milliseconds: 100)
        try leaveUnread()
    }

    private func endInOrder() throws {
        let serving = try stage.serve(port: Self.orderly) { connection in
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: Self.orderly)
        try client.send(Self.octets)
        try client.shutdownSending()
        try client.receiveToEnd()
        client.close()
        try serving.wait()
    }

    private func resetOnPurpose() throws {
        let hasRead = DispatchSemaphore(value: 0)
        let acknowledgment = stage.atA.expect { Self.acknowledgesAll($0, from: Self.lingering) }
        let serving = try stage.serve(port: Self.lingering) { connection in
            _ = try connection.receive()
            hasRead.signal()
            // The reset ends this wait, with an error that is recorded.
            _ = try? connection.receive()
        }
        let client = try stage.connect(port: Self.lingering)
        try client.send(Self.octets)
        guard hasRead.wait(timeout: .now() + .seconds(5)) == .success else {
            throw LessonError.notSeen("the client's octets at the server")
        }
        // An ACK that met a socket gone already would be answered by a second reset.
        try stage.await(acknowledgment, "an ACK of the client's octets")
        try client.descriptor.resetOnClose()
        client.close()
        try serving.wait()
    }

    private func leaveUnread() throws {
        let acknowledgment = stage.atB.expect { Self.acknowledgesAll($0, from: Self.unread) }
        let serving = try stage.serve(port: Self.unread) { [stage] _ in
            // Its kernel has the octets then, and the program has not asked for them.
            try stage.await(acknowledgment, "an ACK of the client's octets")
        }
        let client = try stage.connect(port: Self.unread)
        try client.send(Self.octets)
        _ = try? client.receive()
        client.close()
        try serving.wait()
    }

    private static func acknowledgesAll(_ event: PacketEvent, from port: UInt16) -> Bool {
        event.packet.ports?.source == port && event.flow?.tcp?.relativeAcknowledgmentNumber ?? 0 > octets.count
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        [inOrder(record), onPurpose(record), unread(record)]
    }

    private static func flags(_ record: LessonRecord, _ port: UInt16) -> (fins: Int, resets: Int, text: String) {
        let packets = record.packets(at: .a, port: port)
        let fins = packets.filter { $0.has(TCPFlags.fin) }.count
        let resets = packets.filter { $0.has(TCPFlags.rst) }.count
        return (fins, resets, "\(ClaimLine.count(fins, "FIN")) and \(ClaimLine.count(resets, "RST")) crossed the wire")
    }

    private static func inOrder(_ record: LessonRecord) -> String {
        let (fins, resets, text) = flags(record, orderly)
        let receives = record.calls(.receive, by: .server, port: orderly)
        let ends = receives.filter(\.isEndOfStream).count
        return ClaimLine.line(
            "In order: each side said FIN, nobody RST. The server's program read \(receives.octetCount) octets, and "
                + "then the end of the stream: it knows that it has all.",
            if: fins == 2 && resets == 0 && receives.octetCount == octets.count && ends == 1,
            elseSeen: "in the first connection \(text)")
    }

    private static func onPurpose(_ record: LessonRecord) -> String {
        let (fins, resets, text) = flags(record, lingering)
        let receives = record.calls(.receive, by: .server, port: lingering)
        return ClaimLine.line(
            "Reset on purpose: with SO_LINGER 0 the client's close sent an RST and no FIN. The server, which had read "
                + "\(receives.octetCount) octets and waited for more, was told ECONNRESET: whether it has all it "
                + "cannot know.",
            if: fins == 0 && resets > 0 && receives.errnos == [ECONNRESET],
            elseSeen: "in the second connection \(text)")
    }

    private static func unread(_ record: LessonRecord) -> String {
        let (fins, resets, text) = flags(record, unread)
        let packets = record.packets(at: .a, port: unread)
        let isServers = packets.contains { $0.has(TCPFlags.rst) && !$0.isTo(unread) }
        let receives = record.calls(.receive, by: .client, port: unread)
        return ClaimLine.line(
            "Unread octets: the server closed before it had read the \(octets.count) octets that its kernel had already "
                + "acknowledged. So that close sent an RST in place of a FIN, and the client's receive failed with "
                + "ECONNRESET: an ACK does not say that the program has read.",
            if: fins == 0 && resets > 0 && isServers && receives.errnos == [ECONNRESET],
            elseSeen: "in the third connection \(text)")
    }
}
