internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    /// Everything that a link can do to a frame, drawn from the seed; with `--score` a test of the labels.
    static let noisyLink = Lesson(
        name: "noisy-link",
        title: "Three connections over a link that loses, doubles and reorders at random",
        watchFor: """
            Watch the same trouble from both ends: what A sends again, B may never have seen, or may have seen already. \
            Run it with --score to see whether the labels, made from each capture alone, are what the link really did.
            """,
        place: 900, initiator: "client", responder: "server",
        setting: .link(NoisyLinkScript.conditions) { stage in try NoisyLinkScript.play(stage) },
        closing: NoisyLinkScript.closing)
}

private enum NoisyLinkScript {
    static let connectionCount = 3
    static let port: UInt16 = 7000

    static var conditions: LinkConditions {
        var impairment = LinkImpairment()
        impairment.delay = 10_000_000
        impairment.loss = 0.03
        impairment.reorder = 0.02
        impairment.duplicate = 0.01
        var conditions = LinkConditions()
        conditions.fromA = impairment
        conditions.fromB = impairment
        return conditions
    }

    static func play(_ stage: LinkStage) throws {
        let serving = try stage.serve(port: port, clients: connectionCount) { connection in
            try stage.watchingKernel(of: connection, .server) {
                try connection.receiveToEnd()
                for _ in 0..<5 { try connection.send([UInt8](repeating: 0x62, count: 4000)) }
                try connection.shutdownSending()
                stage.awaitAllAcknowledged(connection)
            }
        }
        let clients = try (0..<connectionCount).map { number in
            try stage.start(on: .a) {
                let client = try stage.connect(port: port)
                try stage.watchingKernel(of: client, .client) {
                    for burst in 0..<8 {
                        try client.send([UInt8](repeating: 0x61, count: 1000 + 900 * (burst + number)))
                        stage.pause(milliseconds: 20)
                    }
                    try client.shutdownSending()
                    try client.receiveToEnd()
                    stage.awaitAllAcknowledged(client)
                }
                client.close()
            }
        }
        for client in clients { try client.wait() }
        try serving.wait()
    }

    static func closing(_ record: LessonRecord) -> [String] {
        let events = record.linkEvents
        let dropped = events.count { $0.fate.isDropped }
        let doubled = events.count { if case .delivered(_, .some) = $0.fate.verdict { true } else { false } }
        let overtaken = events.count { if case .overtaken = $0.fate.verdict { true } else { false } }
        let score = LabelScore(record)
        let labelled = score.kernelCounts.reduce(0) { $0 + $1.labelled }
        let counted = score.kernelCounts.reduce(0) { $0 + $1.counted }
        return [
            "\(events.count) frames entered the link: it dropped \(dropped), doubled \(doubled), and let \(overtaken) be "
                + "overtaken.",
            "The kernels of both ends sent \(counted) segments again; wirewatch labelled \(labelled)"
                + (labelled == counted ? ": the same." : ": NOT the same."),
        ]
    }
}
