import FlowAnalysis
import PacketDecode
import Testing

/// Connections made of bytes, with known figures.
@Suite struct TCPMeasuresTests {
    private static let handshakeOptions: [TCPOption] = [
        .maximumSegmentSize(1_460), .sackPermitted, .windowScale(7),
    ]

    private static func tcp(_ conversation: Conversation, at index: Int = 0) throws -> TCPConnectionMeasures {
        let shown = conversation.table.summary(at: index)
        let summary = try #require(shown)
        guard case .tcp(let measures) = summary.measures else {
            Issue.record("not TCP")
            throw CancellationError()
        }
        return measures
    }

    /// Sends at a time in microseconds.
    private static func send(
        _ conversation: Conversation, at microseconds: Int64, _ side: Conversation.Side, _ flags: TCPFlags,
        _ sequence: Int64, ack: Int64? = nil, data: Int = 0, window: UInt16 = 1_000, options: [TCPOption] = []
    ) throws {
        conversation.nextTime = microseconds * 1_000
        _ = try conversation.send(side, flags, sequence, ack: ack, data: data, window: window, options: options)
    }

    @Test func aWholeConnection() throws {
        let conversation = Conversation(hasMeasures: true)
        let options = Self.handshakeOptions
        try Self.send(conversation, at: 0, .client, .syn, 0, window: 64_240, options: options)
        try Self.send(conversation, at: 20_000, .server, .syn, 0, ack: 1, window: 65_160, options: options)
        try Self.send(conversation, at: 20_100, .client, [], 1, ack: 1, window: 502)
        try Self.send(conversation, at: 20_200, .client, .psh, 1, ack: 1, data: 100, window: 502)
        try Self.send(conversation, at: 50_200, .server, [], 1, ack: 101, window: 509)
        try Self.send(conversation, at: 60_000, .server, [], 1, ack: 101, data: 1_000, window: 508)
        try Self.send(conversation, at: 60_100, .server, .psh, 1_001, ack: 101, data: 500, window: 508)
        try Self.send(conversation, at: 60_200, .client, [], 101, ack: 1_501, window: 490)
        try Self.send(conversation, at: 70_000, .client, .fin, 101, ack: 1_501, window: 490)
        try Self.send(conversation, at: 80_000, .server, .fin, 1_501, ack: 102, window: 508)
        try Self.send(conversation, at: 80_100, .client, [], 102, ack: 1_502, window: 490)

        let shown = conversation.table.summary(at: 0)
        let summary = try #require(shown)
        #expect(summary.flow == 1)
        #expect(summary.initiator.description == "10.0.0.1:40000")
        #expect(summary.responder.description == "10.0.0.2:80")
        #expect(summary.duration == 80_100_000)
        let measures = try Self.tcp(conversation)
        #expect(measures.beginning == .handshake)
        #expect(measures.ending == .closed)
        #expect(measures.initialRoundTripTime == 20_100_000)
        #expect(measures.agreedOptions == [.windowScale, .selectiveAcknowledgment])

        let there = measures.initiatorToResponder
        #expect(there.segments == 6)
        #expect(there.octets == 100)
        #expect(there.uniqueOctets == 100)
        // IPv4 and TCP headers of 20 octets each, 12 of options in the SYN.
        #expect(there.frameOctets == 6 * 40 + 12 + 100)
        #expect(there.retransmittedSegments == 0)
        #expect(there.maximumSegmentSize == 1_460)
        #expect(there.isWindowScaled)
        #expect(there.minimumWindow == 62_720)
        #expect(there.maximumWindow == 64_256)
        // SYN 20 ms, data 30 ms, FIN 10 ms.
        let time = try #require(there.roundTripTime)
        #expect(time.count == 3)
        #expect(time.minimum == 10_000_000)
        #expect(time.median == 20_000_000)
        #expect(time.maximum == 30_000_000)

        let back = measures.responderToInitiator
        #expect(back.segments == 5)
        #expect(back.octets == 1_500)
        #expect(back.maximumOctetsInFlight == 1_500)
        // From the start to the last data: 60.1 ms.
        #expect(back.throughputInBitsPerSecond == 199_667)
        // SYN ACK 100 µs, the first of two segments 200 µs, FIN 100 µs.
        #expect(back.roundTripTime?.minimum == 100_000)
        #expect(back.roundTripTime?.maximum == 200_000)
    }

    @Test func resendsCountOnceAsUnique() throws {
        let conversation = Conversation(hasMeasures: true)
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.client, .psh, 101, ack: 1, data: 50)
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 150)
        let there = try Self.tcp(conversation).initiatorToResponder
        #expect(there.octets == 300)
        #expect(there.uniqueOctets == 150)
        #expect(there.retransmittedSegments == 1)
        #expect(there.retransmittedOctets == 150)
        #expect(there.count(of: .retransmission) == 1)
        #expect(there.retransmissionCauses.reduce(0) { $0 + $1.segments } == 1)
        #expect(conversation.table.totals.retransmittedSegments == 1)
    }

    /// Lost before the point of capture, and sent again: counted apart, for no octet came twice.
    @Test func resendsWithoutOriginalHaveACountOfTheirOwn() throws {
        let conversation = Conversation(hasMeasures: true)
        try conversation.shakeHands()
        for (start, stamp) in [(1, 100), (201, 101), (101, 120)] as [(Int64, UInt32)] {
            _ = try conversation.send(
                .client, .psh, start, ack: 1, data: 100, options: [Conversation.stamp(stamp)])
        }
        let there = try Self.tcp(conversation).initiatorToResponder
        #expect(there.retransmittedSegments == 0)
        #expect(there.retransmittedUnseenSegments == 1)
        #expect(there.octets == there.uniqueOctets)
        #expect(conversation.table.totals.retransmittedSegments == 0)
        #expect(conversation.table.totals.retransmittedUnseenSegments == 1)
    }

    /// Karn: the acknowledgment of octets that were sent twice tells no time.
    @Test func ambiguousAcknowledgmentsTellNoTime() throws {
        let conversation = Conversation(hasMeasures: true)
        try Self.send(conversation, at: 0, .client, [], 1, ack: 1)
        try Self.send(conversation, at: 10, .client, .psh, 1, ack: 1, data: 100)
        try Self.send(conversation, at: 200_010, .client, .psh, 1, ack: 1, data: 100)
        try Self.send(conversation, at: 200_030, .server, [], 1, ack: 101)
        #expect(try Self.tcp(conversation).initiatorToResponder.roundTripTime == nil)
        // The next segment is timed again.
        try Self.send(conversation, at: 300_000, .client, .psh, 101, ack: 1, data: 100)
        try Self.send(conversation, at: 300_040, .server, [], 1, ack: 201)
        let time = try Self.tcp(conversation).initiatorToResponder.roundTripTime
        #expect(time?.count == 1)
        #expect(time?.median == 40_000)
    }

    /// RFC 7323 §4: the timestamp that comes back says which sending it answers.
    @Test(arguments: [(UInt32(700), true), (500, false)])
    func timestampsTellWhichSending(echoReply: UInt32, isOfResend: Bool) throws {
        let conversation = Conversation(hasMeasures: true)
        func stamp(_ value: UInt32, _ echo: UInt32) -> [TCPOption] {
            [.noOperation, .noOperation, .timestamps(TCPTimestamps(value: value, echoReply: echo))]
        }
        try Self.send(conversation, at: 0, .client, .psh, 1, ack: 1, data: 100, options: stamp(500, 9))
        try Self.send(conversation, at: 200_000, .client, .psh, 1, ack: 1, data: 100, options: stamp(700, 9))
        try Self.send(conversation, at: 200_025, .server, [], 1, ack: 101, options: stamp(10, echoReply))
        let time = try Self.tcp(conversation).initiatorToResponder.roundTripTime
        #expect(time?.median == (isOfResend ? 25_000 : nil))
    }

    @Test func sackedOctetsCountOnce() throws {
        let conversation = Conversation(hasMeasures: true)
        try conversation.shakeHands()
        for start in stride(from: Int64(1), through: 3_001, by: 1_000) {
            _ = try conversation.send(.client, [], start, ack: 1, data: 1_000)
        }
        let zero = SequenceNumber(rawValue: 0)
        func blocks(_ edges: [(UInt32, UInt32)]) -> [TCPOption] {
            var blocks = BoundedArray<4, SACKBlock>(filler: SACKBlock(leftEdge: zero, rightEdge: zero))
            for (left, right) in edges {
                blocks.append(
                    SACKBlock(
                        leftEdge: SequenceNumber(rawValue: conversation.clientInitial + left),
                        rightEdge: SequenceNumber(rawValue: conversation.clientInitial + right)))
            }
            return [.noOperation, .noOperation, .sack(blocks)]
        }
        _ = try conversation.send(.server, [], 1, ack: 1, options: blocks([(1_001, 2_001)]))
        _ = try conversation.send(.server, [], 1, ack: 1, options: blocks([(1_001, 3_001)]))
        _ = try conversation.send(.server, [], 1, ack: 1, options: blocks([(1_001, 4_001)]))
        // A D-SACK brings no news.
        _ = try conversation.send(.server, [], 1, ack: 4_001, options: blocks([(1, 1_001)]))
        let there = try Self.tcp(conversation).initiatorToResponder
        #expect(there.sackedOctets == 3_000)
        #expect(there.maximumOctetsInFlight == 4_000)
    }

    @Test func octetsInFlightOverTime() throws {
        let conversation = Conversation(hasMeasures: true)
        try conversation.shakeHands()
        _ = try conversation.send(.client, [], 1, ack: 1, data: 10)
        _ = try conversation.send(.server, [], 1, ack: 11)
        // 1,000 segments, each acknowledged before the next: 2 s.
        for index in Int64(0)..<1_000 {
            _ = try conversation.send(.client, [], 11 + index * 10, ack: 1, data: 10)
            _ = try conversation.send(.server, [], 1, ack: 21 + index * 10)
        }
        let there = try Self.tcp(conversation).initiatorToResponder
        #expect((17...32).contains(there.octetsInFlight.count))
        #expect(there.octetsInFlight.dropFirst().allSatisfy { $0 == 10 })
        #expect(there.octetsInFlightInterval * Int64(there.octetsInFlight.count) >= 2_000_000_000)
        #expect(there.roundTripTime?.count == 1_002)
        #expect(there.roundTripTime?.median == 1_000_000)
        #expect(there.roundTripTime?.percentile95 == 1_000_000)
    }

    /// How connections end, by the segments that end them: side and flags.
    @Test(arguments: [
        ([], TCPConnectionMeasures.Ending.open),
        ([(Conversation.Side.client, TCPFlags.fin)], .halfClosedByInitiator),
        ([(.server, .fin)], .halfClosedByResponder),
        ([(.server, .fin), (.client, .fin)], .closed),
        ([(.client, .rst)], .resetByInitiator),
        ([(.client, .fin), (.server, .rst)], .resetByResponder),
    ])
    func endings(_ segments: [(Conversation.Side, TCPFlags)], expected: TCPConnectionMeasures.Ending) throws {
        let conversation = Conversation(hasMeasures: true)
        try conversation.shakeHands()
        for (side, flags) in segments { _ = try conversation.send(side, flags, 1, ack: 1) }
        #expect(try Self.tcp(conversation).ending == expected)
        #expect(try Self.tcp(conversation).beginning == .handshake)
    }

    @Test func beginnings() throws {
        let conversation = Conversation(hasMeasures: true)
        _ = try conversation.send(.client, .syn, 0)
        #expect(try Self.tcp(conversation).beginning == .unanswered)
        #expect(try Self.tcp(conversation).ending == .open)
        _ = try conversation.send(.server, .rst, 0, ack: 1)
        #expect(try Self.tcp(conversation).ending == .refused)
        conversation.clientPort += 1
        _ = try conversation.send(.client, [], 500, ack: 700)
        #expect(try Self.tcp(conversation, at: 1).beginning == .notCaptured)
        #expect(try Self.tcp(conversation, at: 1).initialRoundTripTime == nil)
    }

    @Test func optionsOfTheHandshake() throws {
        let conversation = Conversation(hasMeasures: true)
        let stamps = TCPOption.timestamps(TCPTimestamps(value: 1, echoReply: 0))
        _ = try conversation.send(
            .client, [.syn, .ece, .cwr], 0, options: [stamps, .fastOpenCookie(.empty), .windowScale(3)])
        _ = try conversation.send(.server, [.syn, .ece], 0, ack: 1, options: [stamps])
        #expect(try Self.tcp(conversation).agreedOptions == [.timestamps, .explicitCongestionNotification])
    }

    @Test func anEarlierConnectionKeepsItsRow() throws {
        let conversation = Conversation(hasMeasures: true)
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 7)
        conversation.clientInitial = 90_000
        conversation.serverInitial = 70_000
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 9)
        #expect(conversation.table.flowCount == 2)
        #expect(try Self.tcp(conversation, at: 0).initiatorToResponder.octets == 7)
        #expect(try Self.tcp(conversation, at: 1).initiatorToResponder.octets == 9)
        #expect(conversation.table.evictedFlowCount == 0)
    }

    @Test func whatWasEvictedIsInTheTotals() throws {
        let conversation = Conversation(limit: 2, hasMeasures: true)
        for port in UInt16(1)...5 {
            conversation.clientPort = port
            try conversation.shakeHands()
            _ = try conversation.send(.client, .psh, 1, ack: 1, data: 10)
            _ = try conversation.send(.client, .psh, 1, ack: 1, data: 10)
        }
        #expect(conversation.table.evicted.flows == 3)
        #expect(conversation.table.evicted.packets == 15)
        let totals = conversation.table.totals
        #expect(totals.flows == 5)
        #expect(totals.packets == 25)
        #expect(totals.octets == 100)
        #expect(totals.retransmittedSegments == 5)
        #expect(conversation.table.refusedDetailCount == 0)
    }

    /// A resend of which a later D-SACK tells that it was needless, and one that a late original tells of: `flows` counts what is
    /// known at the end.
    @Test func spuriousSegmentsByLaterEvidence() throws {
        let talk = Conversation(hasMeasures: true)
        try talk.shakeHandsWithSACK()
        _ = try talk.send(.client, .psh, 1, ack: 1, data: 100)
        talk.wait(300)
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 100).count == 1)
        _ = try talk.send(.server, [], 1, ack: 101)
        #expect(try Self.tcp(talk).initiatorToResponder.spuriousSegments == 0, "nothing tells so far")
        _ = try talk.send(.server, [], 1, ack: 101, options: [talk.sack(.server, (1, 101))])
        var there = try Self.tcp(talk).initiatorToResponder
        #expect((there.retransmittedSegments, there.spuriousSegments) == (1, 1))
        // Acknowledged before it was sent again.
        _ = try talk.send(.client, .psh, 1, ack: 1, data: 100)
        there = try Self.tcp(talk).initiatorToResponder
        #expect((there.retransmittedSegments, there.spuriousSegments) == (2, 2))
        // The same once more is no news.
        _ = try talk.send(.server, [], 1, ack: 101, options: [talk.sack(.server, (1, 101))])
        #expect(try Self.tcp(talk).initiatorToResponder.spuriousSegments == 2)
        #expect(try Self.tcp(talk).responderToInitiator.spuriousSegments == 0)
    }

    @Test func spuriousByALateOriginal() throws {
        let talk = Conversation(hasMeasures: true)
        func stamped(_ value: UInt32) -> [TCPOption] { [Conversation.stamp(value)] }
        try talk.shakeHands()
        _ = try talk.send(.client, .psh, 1, ack: 1, data: 100, options: stamped(10))
        _ = try talk.send(.client, .psh, 201, ack: 1, data: 100, options: stamped(12))
        let resend = try talk.send(.client, .psh, 101, ack: 1, data: 100, options: stamped(20))
        #expect(resend.labelNames == ["retransmissionOriginalUnseen/undetermined"])
        #expect(try Self.tcp(talk).initiatorToResponder.spuriousSegments == 0)
        let late = try talk.send(.client, .psh, 101, ack: 1, data: 100, options: stamped(11))
        #expect(late.labelNames == ["outOfOrder"])
        #expect(try Self.tcp(talk).initiatorToResponder.spuriousSegments == 1)
    }
}
