internal import PacketDecode
internal import SocketEvents
internal import Timeline
internal import TrafficBlocking

extension Lesson {
    /// Everything that a link can do to a frame, drawn from the seed; with `--score` a test of the labels.
    static let noisyLink = Lesson(
        name: "noisy-link",
        title: "Four connections, IPv4 and IPv6, over a link that loses, doubles and reorders at random",
        watchFor: """
            Watch the same trouble from both ends: what A sends again, B may never have seen, or may have seen already. \
            Run it with --score to see whether the labels, made from each capture alone, are what the link really did.
            """,
        place: 900, initiator: "client", responder: "server", movesMuch: true,
        patience: NoisyLinkScript.patience,
        setting: .link(NoisyLinkScript.conditions) { stage in try NoisyLinkScript.play(stage) },
        closing: NoisyLinkScript.closing)
}

private enum NoisyLinkScript {
    /// The connections of each version of IP: the identifications of IPv4 tell more than IPv6 does.
    static let connectionCount = 2

    static func port(isIPv6: Bool) -> UInt16 { isIPv6 ? 7006 : 7000 }

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
        let serving = try [false, true].map { try serve(stage, isIPv6: $0) }
        let clients = try (0..<2 * connectionCount).map { number in
            try stage.start(on: .a) {
                let isIPv6 = number >= connectionCount
                let client = try stage.connect(port: port(isIPv6: isIPv6), isIPv6: isIPv6)
                try stage.watchingKernel(of: client, .client) {
                    for burst in 0..<8 {
                        try client.send([UInt8](repeating: 0x61, count: 1000 + 900 * (burst + number)))
                        stage.pause(milliseconds: 20)
                    }
                    try client.shutdownSending()
                    try client.receiveToEnd()
                    stage.awaitAllAcknowledged(client, seconds: patience)
                }
                client.close()
            }
        }
        for part in clients + serving { try part.wait(seconds: patience) }
    }

    /// Seconds in which a connection must be over: where two frames of five are lost, its timers back off for long.
    static let patience = 180

    private static func serve(_ stage: LinkStage, isIPv6: Bool) throws -> StagePart {
        try stage.serve(port: port(isIPv6: isIPv6), isIPv6: isIPv6, clients: connectionCount, patience: patience) {
            connection in
            try stage.watchingKernel(of: connection, .server) {
                try connection.receiveToEnd()
                for _ in 0..<5 { try connection.send([UInt8](repeating: 0x62, count: 4000)) }
                try connection.shutdownSending()
                stage.awaitAllAcknowledged(connection, seconds: patience)
            }
        }
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
