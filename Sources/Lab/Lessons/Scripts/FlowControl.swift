internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let flowControl = Lesson(
        name: "flow-control",
        title: "A slow reader: the window closes, probes ask, and opens again",
        watchFor: """
            The server has a small receive buffer and does not read for 1.5 s. Watch the window that its ACKs announce \
            shrink to 0, the client's kernel probe the closed window, and all go on once the program reads.
            """,
        place: 60, initiator: "client", responder: "server",
        setting: .link(.delay(5_000_000)) { stage in try FlowControlScript.play(stage) },
        closing: FlowControlScript.closing)
}

private enum FlowControlScript {
    static let port: UInt16 = 7060
    static let octets = 20_000
    static let receiveBuffer: Int32 = 4096

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(
            port: port,
            prepare: { descriptor throws(SocketError) in try descriptor.setReceiveBuffer(octets: receiveBuffer) }
        ) { connection in
            stage.pause(milliseconds: 1500)
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: port)
        try client.send([UInt8](repeating: 0x61, count: octets))
        try client.shutdownSending()
        try client.receiveToEnd()
        client.close()
        try serving.wait()
    }

    static func closing(_ record: LessonRecord) -> [String] {
        let packets = record.packets(at: .a, port: port)
        let closed = packets.first { $0.has(SegmentLabel.Kind.zeroWindow) }
        let probes = packets.filter { $0.has(SegmentLabel.Kind.zeroWindowProbe) }
        let opened = packets.first { event in
            guard let closed, !event.isTo(port), let window = event.flow?.tcp?.scaledWindow else { return false }
            return event.info.timestamp > closed.info.timestamp && window > 0
        }
        let sent = record.calls(.send, by: .client).first
        let received = record.calls(.receive, by: .server).octetCount
        guard let closed, let opened, let sent else {
            return [ClaimLine.line("", if: false, elseSeen: "the window did not close and open again")]
        }
        let span = DurationText(nanoseconds: closed.info.timestamp.distance(to: opened.info.timestamp))
        let call = DurationText(nanoseconds: sent.start.distance(to: sent.end))
        let inFlight = closed.flow?.tcp?.relativeAcknowledgmentNumber ?? 1
        return [
            "The client's send of \(octets) octets returned after \(call): that the kernel has taken them says nothing of the "
                + "server.",
            "After \(inFlight - 1) octets the server's kernel announced a window of 0, and for \(span) no data could go.",
            ClaimLine.line(
                "\(ClaimLine.count(probes.count, "probe")) asked meanwhile whether the window was still closed"
                    + "\(waits(probes)): a window update that is lost must not stop a connection for ever.",
                if: !probes.isEmpty, elseSeen: "no probe was sent"),
            ClaimLine.line(
                "Once the program read, all \(received) octets came. \(again(packets))",
                if: received == octets, elseSeen: "\(received) octets came"),
        ]
    }

    /// What was sent again although nothing was lost.
    private static func again(_ packets: [PacketEvent]) -> String {
        let labels = packets.compactMap(\.retransmission)
        guard !labels.isEmpty else { return "Nothing was sent twice: a closed window is no loss." }
        let probes = labels.count { $0.cause == .tailLossProbe }
        let others = labels.count - probes
        let reasons = [
            probes > 0 ? "\(probes) as a tail loss probe" : nil, others > 0 ? "\(others) for another reason" : nil,
        ]
        return "The wire carried \(ClaimLine.count(labels.count, "segment")) twice all the same: "
            + reasons.compactMap(\.self).joined(separator: ", ") + "."
    }

    private static func waits(_ probes: [PacketEvent]) -> String {
        let waits = zip(probes, probes.dropFirst()).map { first, second in
            "\(DurationText(nanoseconds: first.info.timestamp.distance(to: second.info.timestamp)))"
        }
        return waits.isEmpty ? "" : ", \(waits.joined(separator: " and then ")) apart"
    }
}
