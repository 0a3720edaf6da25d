internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let mtu = Lesson(
        name: "mtu",
        title: "More octets than a frame can hold: TCP cuts its stream, IP cuts UDP's datagrams",
        watchFor: """
            The same 4000 octets cross a link whose largest packet is 1500, first in a stream, then in one datagram. Watch \
            who cuts them and who joins them again; a third time the datagram may not be cut.
            """,
        place: 200, initiator: "client", responder: "server",
        setting: .link(.delay(5_000_000)) { stage in try MTUScript.play(stage) },
        closing: MTUScript.closing)
}

private enum MTUScript {
    static let stream: UInt16 = 7110
    static let datagrams: UInt16 = 7111
    static let whole: UInt16 = 7112
    static let octets = [UInt8](repeating: 0x61, count: 4000)

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: stream) { connection in
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: stream)
        try client.send(octets)
        try client.shutdownSending()
        try client.receiveToEnd()
        client.close()
        try serving.wait()
        stage.pause(milliseconds: 100)

        let reception = try stage.receiveDatagrams(port: datagrams)
        let sender = try stage.sender(to: datagrams) { descriptor throws(SocketError) in
            try descriptor.discoverPathMTU(false)
        }
        try sender.send(octets)
        try reception.await(1)
        sender.close()
        try reception.end()
        stage.pause(milliseconds: 100)

        let careful = try stage.sender(to: whole) { descriptor throws(SocketError) in
            try descriptor.discoverPathMTU(true)
        }
        // Expected to fail, and recorded.
        try? careful.send(octets)
        careful.close()
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] { [segments(record), fragments(record), refusal(record)] }

    /// An IPv4 packet's octets, and where it stands in what was cut; nil for other packets.
    private static func header(_ event: PacketEvent) -> IPv4Header? {
        if case .ipv4(let header) = event.packet.network { header } else { nil }
    }

    private static func segments(_ record: LessonRecord) -> String {
        let packets = record.packets(at: .a, port: stream)
        let offered = packets.first { $0.has(TCPFlags.syn) && !$0.isTo(stream) }?
            .packet.tcp?.options.maximumSegmentSize
        let data = packets.filter { $0.isTo(stream) && $0.packet.payloadLength > 0 }
        let lengths = data.map { "\($0.packet.payloadLength)" }.joined(separator: ", ")
        let largest = data.compactMap { header($0).map { Int($0.totalLength) } }.max() ?? 0
        let isCut = data.contains { $0.packet.isFragment }
        let received = record.calls(.receive, by: .server).octetCount
        return ClaimLine.line(
            "TCP cut the stream itself: B had said in its SYN ACK that it takes segments of \(offered ?? 0) octets, and "
                + "A sent \(data.count), of \(lengths). With their headers the largest is a packet of \(largest) octets, "
                + "and IP had nothing to cut.",
            if: offered != nil && largest <= 1500 && !isCut && data.count >= 3 && received == octets.count,
            elseSeen: "segments of \(lengths) octets left A, and the server read \(received)")
    }

    private static func fragments(_ record: LessonRecord) -> String {
        let pieces = record.packets(at: .a).filter { $0.packet.isFragment && header($0)?.protocol == .udp }
        let identifications = Set(pieces.compactMap { header($0)?.identification }).count
        let offsets = pieces.compactMap { header($0).map { "\($0.fragmentOffset)" } }.joined(separator: ", ")
        let named = pieces.filter { $0.packet.ports != nil }.count
        let receives = record.calls(.receive, by: .receiver)
        return ClaimLine.line(
            "UDP cuts nothing: one send of \(octets.count) octets is one datagram, which A's IP cut into \(pieces.count) "
                + "fragments, at offsets \(offsets) and all with the same identification. B's IP joined them, and its "
                + "program had one receive of \(receives.first?.octets ?? 0). \(named) of the fragments names the ports.",
            if: pieces.count >= 2 && identifications == 1 && named == 1 && receives.map(\.octets) == [octets.count],
            elseSeen: "\(pieces.count) fragments left A, and the receiver got \(receives.octetCount) octets")
    }

    private static func refusal(_ record: LessonRecord) -> String {
        let sends = record.calls(.send, by: .sender, port: whole)
        let frames = record.packets(at: .a, port: whole).count
        return ClaimLine.line(
            "Where the program forbids cutting (IP_MTU_DISCOVER), the send of \(octets.count) octets failed with EMSGSIZE, "
                + "and \(frames == 0 ? "no frame" : "\(frames) frames") left A.",
            if: sends.errnos == [EMSGSIZE] && frames == 0,
            elseSeen: "\(sends.errnos.count) sends failed, and \(frames) frames left A")
    }
}
