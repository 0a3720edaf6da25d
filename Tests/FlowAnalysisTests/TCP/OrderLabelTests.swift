import FlowAnalysis
import PacketDecode
import Testing

/// What fills a hole: a resend, a segment that was overtaken, or what nobody can tell.
@Suite struct OrderLabelTests {
    @Test func timestampsTell() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10, Conversation.stamp(100))
        #expect(try talk.labels(.client, .psh, 21, ack: 1, data: 10, Conversation.stamp(102)) == ["gap"])
        #expect(try talk.labels(.client, .psh, 11, ack: 1, data: 10, Conversation.stamp(101)) == ["outOfOrder"])
        _ = try talk.labels(.client, .psh, 41, ack: 1, data: 10, Conversation.stamp(103))
        let resend = try talk.send(.client, .psh, 31, ack: 1, data: 10, options: [Conversation.stamp(110)])
        let label = try #require(resend.tcp?.labels.first)
        #expect((label.kind, label.reason) == (.retransmissionOriginalUnseen, .timestampOrder))
        #expect(label.evidence?.frame == 7)
        #expect(label.isSpurious == false)
    }

    /// An ACK is the first to show a hole of two segments: what fills it is told against the ACK, which left behind them.
    @Test func whatAnACKOvertook() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10, Conversation.stamp(100))
        #expect(try talk.labels(.client, [], 31, ack: 1, Conversation.stamp(102)) == ["gap"])
        let late = try talk.send(.client, .psh, 21, ack: 1, data: 10, options: [Conversation.stamp(101)])
        #expect(late.labelNames == ["outOfOrder"])
        #expect(late.tcp?.labels.first?.evidence?.frame == 5)
        let resend = try talk.send(.client, .psh, 11, ack: 1, data: 10, options: [Conversation.stamp(110)])
        #expect(resend.labelNames == ["retransmissionOriginalUnseen/undetermined"])
        // And what follows the ACK is new.
        #expect(try talk.labels(.client, .psh, 31, ack: 1, data: 10, Conversation.stamp(111)) == [])
    }

    @Test func equalTimestampsTellNothing() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10, Conversation.stamp(99))
        _ = try talk.labels(.client, .psh, 21, ack: 1, data: 10, Conversation.stamp(100))
        talk.wait(50)
        #expect(try talk.labels(.client, .psh, 11, ack: 1, data: 10, Conversation.stamp(100)) == ["undetermined"])
    }

    /// Equal TSval, and the echo of an older or a newer segment: what a sender echoes never gets older.
    @Test(
        arguments: [
            (6, "outOfOrder", .echoOrder), (8, "retransmissionOriginalUnseen/undetermined", .echoOrder),
            (7, "undetermined", .noEvidence), (0, "undetermined", .noEvidence),
        ] as [(UInt32, String, SegmentLabel.Reason)])
    func echoesTell(echo: UInt32, expected: String, reason: SegmentLabel.Reason) throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10, Conversation.stamp(99, echo: 6))
        _ = try talk.labels(.client, .psh, 21, ack: 1, data: 10, Conversation.stamp(100, echo: 7))
        let late = try talk.send(.client, .psh, 11, ack: 1, data: 10, options: [Conversation.stamp(100, echo: echo)])
        #expect(late.labelNames == [expected])
        #expect(late.tcp?.labels.first?.reason == reason)
    }

    @Test func nothingTells() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10)
        _ = try talk.labels(.client, .psh, 21, ack: 1, data: 10)
        #expect(try talk.labels(.client, .psh, 11, ack: 1, data: 10) == ["undetermined"])
    }

    @Test(arguments: [UInt16(100), 65_530])
    func identificationsTell(start: UInt16) throws {
        let talk = Conversation()
        talk.countsIdentifications = true
        for index in UInt16(0)..<4 {
            talk.nextIdentification = start &+ index
            _ = try talk.labels(.client, .psh, 1 + Int64(index) * 10, ack: 1, data: 10)
        }
        talk.nextIdentification = start &+ 5
        #expect(try talk.labels(.client, .psh, 51, ack: 1, data: 10) == ["gap"])
        talk.nextIdentification = start &+ 4
        #expect(try talk.labels(.client, .psh, 41, ack: 1, data: 10) == ["outOfOrder"])
        talk.nextIdentification = start &+ 7
        #expect(try talk.labels(.client, .psh, 71, ack: 1, data: 10) == ["gap"])
        talk.nextIdentification = start &+ 8
        let resend = try talk.send(.client, .psh, 61, ack: 1, data: 10)
        #expect(resend.tcp?.labels.first?.kind == .retransmissionOriginalUnseen)
        #expect(resend.tcp?.labels.first?.reason == .identificationOrder)
    }

    /// Constant ones, and ones drawn at random, count nothing.
    @Test(arguments: [[7, 7, 7, 7, 7, 7], [100, 40_000, 9_000, 61_000, 24_000, 24_100]] as [[UInt16]])
    func identificationsThatDoNotCount(identifications: [UInt16]) throws {
        let talk = Conversation()
        talk.countsIdentifications = true
        for index in 0..<4 {
            talk.nextIdentification = identifications[index]
            _ = try talk.labels(.client, .psh, 1 + Int64(index) * 10, ack: 1, data: 10)
        }
        talk.nextIdentification = identifications[4]
        _ = try talk.labels(.client, .psh, 51, ack: 1, data: 10)
        talk.nextIdentification = identifications[5]
        #expect(try talk.labels(.client, .psh, 41, ack: 1, data: 10) == ["undetermined"])
    }

    @Test func doubledByTheLink() throws {
        let talk = Conversation()
        talk.countsIdentifications = true
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10)
        _ = try talk.labels(.client, .psh, 11, ack: 1, data: 10)
        talk.nextIdentification = talk.identifications.client - 1
        let double = try talk.send(.client, .psh, 1, ack: 1, data: 10)
        #expect(double.labelNames == ["networkDuplicate"])
        #expect(double.tcp?.labels.first?.evidence?.frame == 4)
        // A resend has an identification of its own, and the link may double it, too.
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == ["retransmission/undetermined"])
        talk.nextIdentification = talk.identifications.client
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == ["networkDuplicate"])
    }

    /// The same in mid-stream: too soon for any timer. Later it may as well be a resend of a stack that draws no new number.
    @Test(arguments: [(0, ["networkDuplicate"]), (50, ["retransmission/undetermined"])] as [(Int64, [String])])
    func theFirstFrameSeenDoubled(wait: Int64, labels: [String]) throws {
        let talk = Conversation()
        talk.countsIdentifications = true
        _ = try talk.send(.client, .psh, 1, ack: 1, data: 10)
        talk.wait(wait)
        talk.nextIdentification = talk.identifications.client
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == labels)
    }

    /// The first frame of its direction, of which nothing tells yet whether identifications change.
    @Test(
        arguments: [
            // Milliseconds until it comes again, the TSval it has then, whether the identification is the same.
            (1, 100, true, "networkDuplicate"), (200, 100, true, "networkDuplicate"),
            (1_000, 100, true, "retransmission/timeout"), (1, 101, true, "retransmission/timeout"),
            (1, 100, false, "retransmission/timeout"),
        ] as [(Int64, UInt32, Bool, String)])
    func aDoubledSYN(after time: Int64, value: UInt32, isSameIdentification: Bool, expected: String) throws {
        let talk = Conversation()
        talk.countsIdentifications = true
        _ = try talk.send(.client, .syn, 0, options: [Conversation.stamp(100)])
        talk.wait(time - 1)
        if isSameIdentification { talk.nextIdentification = talk.identifications.client }
        let again = try talk.send(.client, .syn, 0, options: [Conversation.stamp(value)])
        #expect(again.labelNames == [expected])
        #expect(again.tcp?.labels.first?.evidence?.frame == 1)
        // What follows is as it would have been.
        #expect(try talk.labels(.server, .syn, 0, ack: 1, Conversation.stamp(7)) == [])
        #expect(try talk.labels(.client, [], 1, ack: 1, Conversation.stamp(102)) == [])
    }

    @Test func aDoubledACKIsNoDuplicateACK() throws {
        let talk = Conversation()
        talk.countsIdentifications = true
        try talk.shakeHands()
        _ = try talk.send(.server, [], 1, ack: 1)
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10)
        _ = try talk.labels(.client, .psh, 11, ack: 1, data: 10)
        #expect(try talk.labels(.server, [], 1, ack: 11) == [])
        talk.nextIdentification = talk.identifications.server
        #expect(try talk.labels(.server, [], 1, ack: 11) == ["networkDuplicate"])
        #expect(try talk.labels(.server, [], 1, ack: 11) == ["duplicateACK"])
    }

    /// The original comes after its resend: that was needless.
    @Test func aLateOriginalRevisesItsResend() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10, Conversation.stamp(100))
        _ = try talk.labels(.client, .psh, 21, ack: 1, data: 10, Conversation.stamp(102))
        let resend = try talk.labels(.client, .psh, 11, ack: 1, data: 10, Conversation.stamp(120))
        #expect(resend == ["retransmissionOriginalUnseen/undetermined"])
        let late = try talk.send(.client, .psh, 11, ack: 1, data: 10, options: [Conversation.stamp(101)])
        #expect(late.labelNames == ["outOfOrder"])
        let revision = try #require(late.tcp?.revisions.first)
        #expect((revision.frame, revision.wasSpurious, revision.isSpurious) == (6, false, true))
        #expect(revision.reason == .originalArrived)
    }

    /// One frame on two interfaces is one frame.
    @Test func seenOnTwoInterfaces() throws {
        let talk = Conversation()
        talk.countsIdentifications = true
        talk.interface = 2
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10)
        talk.interface = 3
        talk.nextIdentification = talk.identifications.client
        let again = try talk.send(.client, .psh, 1, ack: 1, data: 10)
        #expect(again.labelNames == [])
        #expect(again.tcp?.isSecondSighting == true)
        // Sent again: on the first interface, then on the second.
        talk.interface = 2
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == ["retransmission/undetermined"])
        talk.interface = 3
        talk.nextIdentification = talk.identifications.client
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == [])
    }

    @Test func aGapIsToldOnce() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10)
        let gap = try talk.send(.client, .psh, 31, ack: 1, data: 10)
        let label = try #require(gap.tcp?.labels.first)
        #expect((label.kind, label.firstRepeated, label.repeatedEnd) == (.gap, 11, 31))
        #expect(try talk.labels(.client, .psh, 41, ack: 1, data: 10) == [])
        // The other side had it: it was not captured.
        #expect(try talk.labels(.server, [], 1, ack: 51) == [])
        #expect(try talk.labels(.server, [], 1, ack: 71) == ["ackOfUnseen"])
    }
}
