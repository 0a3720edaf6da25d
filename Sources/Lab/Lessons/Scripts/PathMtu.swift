internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    static let pathMtu = Lesson(
        name: "path-mtu",
        title: "A router with a narrower link: UDP is cut on the way, TCP is told and sends smaller",
        watchFor: """
            The hosts can send packets of 1500 octets, but the router between them passes on 1000 at most. Watch into what \
            it cuts a datagram that may be cut; then what it answers to a stream's segments, and how large the next ones are.
            """,
        place: 205, initiator: "client", responder: "server",
        setting: .link(PathMTUScript.conditions) { stage in try PathMTUScript.play(stage) },
        closing: PathMTUScript.closing)
}

private enum PathMTUScript {
    static let stream: UInt16 = 7120
    static let datagrams: UInt16 = 7121
    static let streamLength = 4000
    static let datagramLength = 1400
    static let linkMTU = 1000

    static var conditions: LinkConditions {
        var conditions = LinkConditions.delay(10_000_000)
        conditions.linkMTU = linkMTU
        return conditions
    }

    static func play(_ stage: LinkStage) throws {
        // First, for what TCP learns of the path A's IP knows from then on, and cuts datagrams itself.
        let reception = try stage.receiveDatagrams(port: datagrams)
        let sender = try stage.sender(to: datagrams) { descriptor throws(SocketError) in
            try descriptor.discoverPathMTU(false)
        }
        try sender.send([UInt8](repeating: 0x62, count: datagramLength))
        try reception.await(1)
        sender.close()
        try reception.end()
        stage.pause(milliseconds: 100)

        let serving = try stage.serve(port: stream) { connection in
            try connection.receiveToEnd()
        }
        let client = try stage.connect(port: stream)
        try stage.watchingKernel(of: client, .client) {
            try client.send([UInt8](repeating: 0x61, count: streamLength))
            // The end comes when all is there: it would overtake what has to be sent again.
            stage.pause(milliseconds: 200)
            try client.shutdownSending()
            try client.receiveToEnd()
            stage.awaitAllAcknowledged(client)
        }
        client.close()
        try serving.wait()
    }

    // MARK: Closing

    static func closing(_ record: LessonRecord) -> [String] {
        [cut(record), answers(record), segments(record), causes(record)]
    }

    private static func header(_ event: PacketEvent) -> IPv4Header? {
        if case .ipv4(let header) = event.packet.network { header } else { nil }
    }

    private static func data(_ record: LessonRecord, at host: HostName) -> [PacketEvent] {
        record.packets(at: host, port: stream).filter { $0.isTo(stream) && $0.packet.payloadLength > 0 }
    }

    /// The MTU that each "fragmentation needed" (RFC 1191) names.
    private static func namedMTUs(_ record: LessonRecord) -> [Int] {
        record.packets(at: .a).compactMap { event in
            guard case .icmp(let header) = event.packet.transport, header.type == 3, header.code == 4
            else { return nil }
            return Int(header.restOfHeader & 0xFFFF)
        }
    }

    private static func answers(_ record: LessonRecord) -> String {
        let named = namedMTUs(record)
        let refused = record.linkEvents.filter { $0.source == .a && $0.fate.verdict == .dropped(.tooBig) }.count
        return ClaimLine.line(
            "\(ClaimLine.count(refused, "segment")) of A's with \"don't fragment\" set did not fit. The router dropped "
                + "them and answered with ICMP fragmentation needed, which names the \(named.first ?? 0) octets that do.",
            if: refused > 0 && named.count == refused && Set(named) == [linkMTU],
            elseSeen: "\(refused) frames were too big, and \(named.count) ICMP answers came")
    }

    private static func segments(_ record: LessonRecord) -> String {
        let sent = data(record, at: .a).map { Int($0.packet.payloadLength) }
        let arrived = data(record, at: .b)
        let largest = arrived.compactMap { header($0).map { Int($0.totalLength) } }.max() ?? 0
        let received = record.calls(.receive, by: .server).octetCount
        let largestThere = arrived.map { Int($0.packet.payloadLength) }.max() ?? 0
        return ClaimLine.line(
            "A's kernel sent the octets again in smaller segments: at first of \(sent.max() ?? 0) octets, then of at most "
                + "\(largestThere), a packet of \(largest). B's program read all \(received), and neither program was "
                + "told.",
            if: received == streamLength && largest <= linkMTU && largestThere < sent.max() ?? 0
                && !arrived.contains { $0.packet.isFragment },
            elseSeen: "the largest packet at B had \(largest) octets, and its program read \(received)")
    }

    private static func causes(_ record: LessonRecord) -> String {
        let resends = data(record, at: .a).compactMap(\.retransmission)
        let told = resends.filter { $0.cause == .pathMTU }
        return ClaimLine.line(
            "No timer ran out, and no probe was sent: the answers are why A's kernel sent "
                + "\(ClaimLine.count(told.count, "segment")) again, each smaller than what had held its octets.",
            if: !told.isEmpty && told.count == resends.count,
            elseSeen: "of \(resends.count) segments that were sent again, \(told.count) follow from the answers")
    }

    private static func cut(_ record: LessonRecord) -> String {
        func pieces(_ host: HostName) -> [PacketEvent] {
            record.packets(at: host).filter { header($0)?.protocol == .udp }
        }
        let (sent, arrived) = (pieces(.a), pieces(.b))
        let receives = record.calls(.receive, by: .receiver)
        return ClaimLine.line(
            "The datagram of \(datagramLength) octets may be cut. It left A in "
                + "\(ClaimLine.count(sent.count, "packet")) "
                + "and came to B in \(arrived.count), fragments that the router made. B's program got "
                + "\(receives.first?.octets ?? 0) octets in \(ClaimLine.count(receives.count, "receive")).",
            if: sent.count == 1 && arrived.count == 2 && arrived.allSatisfy(\.packet.isFragment)
                && receives.map(\.octets) == [datagramLength],
            elseSeen: "\(sent.count) packets left A, \(arrived.count) came to B, \(receives.octetCount) octets read")
    }
}
