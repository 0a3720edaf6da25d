internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    /// One connection on which segments are lost for certain: the receiver's kernel is told to drop them after the
    /// capture has seen them and before TCP does.
    static let tcp = Lesson(
        name: "tcp",
        title: "A connection from handshake to close, with lost segments that the kernel sends again",
        watchFor: """
            Watch the two sides agree on where their sequence numbers start, and each ACK say how far the stream has come. \
            Then watch the wire carry segments again that the server's kernel dropped, while the program knows nothing of it.
            """,
        place: 1, initiator: "client", responder: "server",
        setting: .loopback(.ethernetLike) { stage in try TCPScript(stage: stage).play() },
        closing: TCPClosing.lines)
}

/// The traffic of the lesson `tcp`.
private struct TCPScript {
    static let server = Endpoint(address: .v4(.loopback), port: 7000)

    let stage: Stage

    func play() throws {
        let address = [SocketAddress(Self.server)]
        let server = try LossyServer(on: address, recorder: stage.recorder(.server))
        let serving = try SystemThread { server.serve() }
        let client = try TCPSocket(connectingTo: address, recorder: stage.recorder(.client)) {
            descriptor throws(SocketError) in
            // The machine's default may be bbr, whose pacing would blur the picture. Reno is always there.
            try descriptor.setCongestionControl("reno")
        }
        let lastACK = expectLastACK()
        try stage.watchingKernel(of: client.descriptor.rawValue, .client, local: client.local, peer: client.peer) {
            try send("the first message arrives at once. ", octets: 300, losing: 0, from: client, to: server)
            try send("this one is lost on its way, once. ", octets: 500, losing: 1, from: client, to: server)
            try send("and this one is lost twice over... ", octets: 700, losing: 2, from: client, to: server)
            stage.pause(milliseconds: 60)
            try client.shutdownSending()
            try client.receiveToEnd()
            try stage.await(lastACK, "the ACK of the server's FIN")
        }
        client.close()
        serving.join()
        try server.check()
    }

    /// Sends a message whose segment the server's kernel drops `losses` times, and waits until the server has it all.
    private func send(
        _ text: String, octets count: Int, losing losses: Int, from client: borrowing TCPSocket, to server: LossyServer
    ) throws {
        stage.pause(milliseconds: 60)
        let accepted = try server.acceptedDescriptor()
        // The filter goes once the last sending that is to be lost was seen.
        let sightings = (0..<losses).map { expectSegment(ofOctets: count, number: $0 + 1) }
        if losses > 0 { try SocketFilter.dropSegmentsWithPayload(.all).attach(to: accepted) }
        try client.send(Array(String(repeating: text, count: count / text.utf8.count + 1).utf8.prefix(count)))
        for sighting in sightings { try stage.await(sighting, "a segment of \(count) octets") }
        if losses > 0 { try SocketFilter.detach(from: accepted) }
        try server.awaitOctets(count)
    }

    /// The `number`-th segment with so many octets of data that the client sends.
    private func expectSegment(ofOctets octets: Int, number: Int) -> WireWatch.Sighting {
        let seen = Counter()
        return stage.wire.expect { event in
            guard let tcp = event.packet.tcp, tcp.destinationPort == Self.server.port,
                Int(event.packet.payloadLength) == octets
            else { return false }
            return seen.next() == number
        }
    }

    /// The segment that acknowledges the server's FIN: the last one of the connection.
    private func expectLastACK() -> WireWatch.Sighting {
        let awaited = AwaitedACK()
        return stage.wire.expect { event in
            guard let tcp = event.packet.tcp else { return false }
            guard tcp.sourcePort == Self.server.port else { return awaited.isFulfilled(by: tcp) }
            if tcp.flags.contains(.fin) {
                awaited.set(tcp.sequenceNumber.advanced(by: event.packet.segmentLength))
            }
            return false
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }

    private final class AwaitedACK: Sendable {
        private let number = Mutex<SequenceNumber?>(nil)
        func set(_ value: SequenceNumber) { number.withLock { $0 = value } }
        func isFulfilled(by tcp: TCPHeader) -> Bool {
            number.withLock { $0 == tcp.acknowledgmentNumber && tcp.flags.contains(.ack) }
        }
    }
}
