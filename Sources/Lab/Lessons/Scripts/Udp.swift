internal import Dispatch
internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    /// Datagrams of several sizes into a receive buffer of 1500 octets, and one that the receiver's socket drops.
    static let udp = Lesson(
        name: "udp",
        title: "Datagrams, one of them lost for good, others cut by a receive buffer that is too short",
        watchFor: """
            Each send is one datagram, and each datagram one frame, whole on the wire. Watch what the receiver gets of it: \
            all, only what its buffer of 1500 octets holds, or nothing, and nobody sends anything twice.
            """,
        place: 2, initiator: "sender", responder: "receiver",
        setting: .loopback(.wide) { stage in try UDPScript(stage: stage).play() },
        closing: UDPClosing.lines)
}

/// The traffic of the lesson `udp`.
private struct UDPScript {
    static let receiver = Endpoint(address: .v4(.loopback), port: 7001)
    static let bufferSize = 1500
    /// Octets of each datagram, in order of sending.
    static let sizes = [100, 1500, 1501, 700, 4000, 60000]
    /// The one that is lost: the receiver's filter drops datagrams of this length and no others.
    static let lostSize: UInt16 = 700

    let stage: Stage

    func play() throws {
        let address = [SocketAddress(Self.receiver)]
        let receiver = try UDPReceiver(
            on: address, dropping: Self.lostSize...Self.lostSize, recorder: stage.recorder(.receiver))
        let stop = try StopSignal()
        let receiving = try SystemThread { receiver.run(bufferSize: Self.bufferSize, stop: stop) }
        let sender = try UDPSocket(sendingTo: address, recorder: stage.recorder(.sender))
        for size in Self.sizes {
            stage.pause(milliseconds: 80)
            let sighting = stage.wire.expect { Int($0.packet.payloadLength) == size }
            try sender.send(datagram(octets: size))
            try stage.await(sighting, "a datagram of \(size) octets")
            if size == Self.lostSize {
                // Long enough for a TCP to have sent again: nothing of the kind will happen.
                stage.pause(milliseconds: 300)
                stage.record(try receiver.memoryInfo(), of: receiver.local, .receiver, on: .datagramMissing)
            } else {
                try receiver.awaitDatagram()
            }
        }
        stage.pause(milliseconds: 60)
        stage.record(try receiver.memoryInfo(), of: receiver.local, .receiver, on: .end)
        stop.stop()
        receiving.join()
        sender.close()
        try receiver.check()
    }

    private func datagram(octets count: Int) -> [UInt8] {
        let text = "a datagram of \(count) octets. "
        return Array(String(repeating: text, count: count / text.utf8.count + 1).utf8.prefix(count))
    }
}
