internal import Glibc
internal import PacketDecode
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    /// One connection on which two segments are lost for certain: the receiver's kernel is told to drop them after the
    /// capture has seen them and before TCP does.
    static let tcp = Lesson(
        name: "tcp",
        title: "A connection from handshake to close, with lost segments that the kernel sends again",
        watchFor: """
            Watch the two sides agree on where their sequence numbers start, and each ACK say how far the stream has come. \
            Then watch the wire carry segments again that the server's kernel dropped, while the program knows nothing of it.
            """,
        initiator: "client", responder: "server", loopback: .ethernetLike,
        script: { stage in try TCPScript(stage).play() },
        closing: TCPClosing.lines)
}

/// The traffic of the lesson `tcp`.
private struct TCPScript {
    static let server = Endpoint(address: .v4(.loopback), port: 7000)

    let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func play() throws {
        let address = [SocketAddress(Self.server)]
        let listener = try TCPListener(on: address, recorder: stage.recorder(.server))
        let received = Inbox()
        let serving = try SystemThread { [listener = Shelf(listener)] in received.serve(listener) }
        let client = try TCPSocket(connectingTo: address, recorder: stage.recorder(.client)) {
            descriptor throws(SocketError) in
            // The machine's default may be bbr, whose pacing would blur the picture. Reno is always there.
            try descriptor.setCongestionControl("reno")
        }
        let lastACK = expectLastACK()
        try stage.watchingKernel(of: client.descriptor.rawValue, .client, local: client.local, peer: client.peer) {
            try send("the first message arrives at once ", octets: 300, losing: 0, client, received)
            try send("this one is lost once on its way ", octets: 500, losing: 1, client, received)
            try send("and this one is lost twice over ", octets: 700, losing: 2, client, received)
            stage.pause(milliseconds: 60)
            try client.shutdownSending()
            while let octets = try client.receive(), !octets.isEmpty {}
            try stage.await(lastACK, "the ACK of the server's FIN")
        }
        client.close()
        serving.join()
        if let failure = received.failure { throw failure }
    }

    /// Sends a message whose segment the server's kernel drops `losses` times, and waits until the server has it all.
    private func send(
        _ text: String, octets count: Int, losing losses: Int, _ client: borrowing TCPSocket, _ received: Inbox
    ) throws {
        stage.pause(milliseconds: 60)
        let message = Array(text.utf8.cycled(count))
        let accepted = try received.accepted()
        if losses > 0 { try SocketFilter.dropSegmentsWithPayload(.all).attach(to: accepted) }
        // Every sending but the one that is let through: the filter goes once the last to be lost was seen.
        let sightings = (0..<losses).map { number in expectSending(octets: count, number: number + 1) }
        try client.send(message)
        for sighting in sightings { try stage.await(sighting, "segment of \(count) octets") }
        if losses > 0 { try SocketFilter.detach(from: accepted) }
        try received.wait(forTotal: count)
    }

    /// The `number`-th segment of `octets` that the client sends.
    private func expectSending(octets: Int, number: Int) -> WireWatch.Sighting {
        let count = Mutex(0)
        return stage.wire.expect { event in
            guard let tcp = event.packet.tcp, tcp.destinationPort == Self.server.port,
                Int(event.packet.payloadLength) == octets
            else { return false }
            return count.withLock {
                $0 += 1
                return $0 == number
            }
        }
    }

    /// The segment that acknowledges the server's FIN: the last one of the connection.
    private func expectLastACK() -> WireWatch.Sighting {
        let awaited = Mutex<SequenceNumber?>(nil)
        return stage.wire.expect { event in
            guard let tcp = event.packet.tcp else { return false }
            return awaited.withLock { awaited in
                if tcp.sourcePort == Self.server.port {
                    if tcp.flags.contains(.fin) {
                        awaited = tcp.sequenceNumber.advanced(by: event.packet.segmentLength)
                    }
                    return false
                }
                return awaited.map { tcp.flags.contains(.ack) && tcp.acknowledgmentNumber == $0 } ?? false
            }
        }
    }
}
