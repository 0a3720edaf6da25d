import FlowAnalysis
import PacketDecode
import Testing

/// Duplicate ACKs, windows, probes, SACK.
@Suite struct AcknowledgmentLabelTests {
    @Test func threeDuplicatesAndAFastResend() throws {
        let talk = Conversation()
        try talk.shakeHands()
        for index in 0..<6 { _ = try talk.labels(.client, .psh, 1 + Int64(index) * 10, ack: 1, data: 10) }
        #expect(try talk.labels(.server, [], 1, ack: 11) == [])
        for number in 1...3 {
            let duplicate = try talk.send(.server, [], 1, ack: 11)
            #expect(duplicate.labelNames == ["duplicateACK"])
            #expect(duplicate.tcp?.labels.first?.count == UInt16(number))
        }
        let resend = try talk.send(.client, .psh, 11, ack: 1, data: 10)
        #expect(resend.labelNames == ["retransmission/fast"])
        #expect(resend.tcp?.labels.first?.causeReason == .duplicateAcknowledgments)
        #expect(resend.tcp?.labels.first?.causeEvidence == 13)
        // A part is acknowledged: the next hole (RFC 6582).
        _ = try talk.labels(.server, [], 1, ack: 21)
        #expect(try talk.labels(.client, .psh, 21, ack: 1, data: 10) == ["retransmission/fast"])
    }

    /// tshark calls these window updates.
    @Test func newSACKInformationWithAMovingWindow() throws {
        let talk = Conversation()
        try talk.shakeHandsWithSACK()
        for index in 0..<5 { _ = try talk.labels(.client, .psh, 1 + Int64(index) * 10, ack: 1, data: 10) }
        let (one, two) = (talk.sack(.server, (11, 21)), talk.sack(.server, (11, 31)))
        #expect(try talk.labels(.server, [], 1, ack: 1, window: 990, one) == ["duplicateACK"])
        #expect(try talk.labels(.server, [], 1, ack: 1, window: 980, two) == ["duplicateACK"])
        #expect(try talk.labels(.server, [], 1, ack: 1, window: 970, two) == ["windowUpdate"])
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == ["retransmission/fast"])
    }

    /// The second hole of a recovery is fast, too.
    @Test func twoHoles() throws {
        let talk = Conversation()
        try talk.shakeHandsWithSACK()
        for index in 0..<8 { _ = try talk.labels(.client, .psh, 1 + Int64(index) * 10, ack: 1, data: 10) }
        _ = try talk.labels(.server, [], 1, ack: 1, talk.sack(.server, (11, 21)))
        _ = try talk.labels(.server, [], 1, ack: 1, talk.sack(.server, (31, 41), (11, 21)))
        _ = try talk.labels(.server, [], 1, ack: 1, talk.sack(.server, (31, 51), (11, 21)))
        talk.wait(20)
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == ["retransmission/fast"])
        #expect(try talk.labels(.client, .psh, 21, ack: 1, data: 10) == ["retransmission/fast"])
    }

    @Test func aWrapInTheMiddleOfARecovery() throws {
        let talk = Conversation()
        talk.clientInitial = .max - 25
        try talk.shakeHandsWithSACK()
        for index in 0..<6 { _ = try talk.labels(.client, .psh, 1 + Int64(index) * 10, ack: 1, data: 10) }
        #expect(try talk.labels(.server, [], 1, ack: 11, talk.sack(.server, (21, 31))) == [])
        #expect(try talk.labels(.server, [], 1, ack: 11, talk.sack(.server, (21, 41))) == ["duplicateACK"])
        #expect(try talk.labels(.server, [], 1, ack: 11, talk.sack(.server, (21, 51))) == ["duplicateACK"])
        #expect(try talk.labels(.client, .psh, 11, ack: 1, data: 10) == ["retransmission/fast"])
        #expect(try talk.labels(.server, [], 1, ack: 61) == [])
        #expect(try talk.labels(.client, .psh, 61, ack: 1, data: 10) == [])
    }

    @Test func aTailLossProbeIsNotTheOldest() throws {
        let talk = Conversation()
        try talk.shakeHandsWithSACK()
        for index in 0..<3 { _ = try talk.labels(.client, .psh, 1 + Int64(index) * 10, ack: 1, data: 10) }
        talk.wait(40)
        #expect(try talk.labels(.client, .psh, 21, ack: 1, data: 10) == ["retransmission/tailLossProbe"])
        talk.wait(300)
        // The timer sends the oldest first, then what follows.
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == ["retransmission/timeout"])
        _ = try talk.labels(.server, [], 1, ack: 11)
        #expect(try talk.labels(.client, .psh, 11, ack: 1, data: 10) == ["retransmission/timeoutRecovery"])
    }

    @Test func oneSegmentAlone() throws {
        let talk = Conversation()
        try talk.shakeHandsWithSACK()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10)
        talk.wait(204)
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == ["retransmission/undetermined"])
        talk.wait(400)
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10) == ["retransmission/timeout"])
    }

    @Test func oneSegmentAloneWithoutSACK() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10)
        talk.wait(204)
        let resend = try talk.send(.client, .psh, 1, ack: 1, data: 10)
        #expect(resend.labelNames == ["retransmission/timeout"])
        #expect(resend.tcp?.labels.first?.causeReason == .noSACK)
    }

    @Test func aSpuriousResendAndItsDSACK() throws {
        let talk = Conversation()
        try talk.shakeHandsWithSACK()
        for index in 0..<2 { _ = try talk.labels(.client, .psh, 1 + Int64(index) * 10, ack: 1, data: 10) }
        talk.wait(300)
        let resend = try talk.send(.client, .psh, 1, ack: 1, data: 10)
        #expect(resend.retransmission?.isSpurious == nil)
        _ = try talk.labels(.server, [], 1, ack: 21)
        let report = try talk.send(.server, [], 1, ack: 21, options: [talk.sack(.server, (1, 11))])
        #expect(report.labelNames == ["dSACK"])
        let revision = try #require(report.tcp?.revisions.first)
        #expect((revision.frame, revision.isSpurious, revision.reason) == (6, true, .dSACK))
        #expect(revision.evidence == 8)
        #expect(
            try talk.send(.server, [], 1, ack: 21, options: [talk.sack(.server, (1, 11))]).tcp?.revisions.isEmpty
                == true)
    }

    @Test func reneging() throws {
        let talk = Conversation()
        try talk.shakeHandsWithSACK()
        for index in 0..<4 { _ = try talk.labels(.client, .psh, 1 + Int64(index) * 10, ack: 1, data: 10) }
        _ = try talk.labels(.server, [], 1, ack: 1, talk.sack(.server, (11, 21)))
        #expect(try talk.labels(.server, [], 1, ack: 11) == ["sackReneging"])
    }

    @Test func windows() throws {
        let talk = Conversation()
        try talk.shakeHands()
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 900) == [])
        #expect(try talk.labels(.client, .psh, 901, ack: 1, data: 100) == ["windowFull"])
        #expect(try talk.labels(.server, [], 1, ack: 1_001, window: 0) == ["zeroWindow"])
        #expect(try talk.labels(.client, [], 1_000, ack: 1) == ["zeroWindowProbe"])
        #expect(try talk.labels(.server, [], 1, ack: 1_001, window: 0) == ["zeroWindowProbeACK", "zeroWindow"])
        #expect(try talk.labels(.client, [], 1_001, ack: 1, data: 1) == ["zeroWindowProbe"])
        #expect(try talk.labels(.server, [], 1, ack: 1_001, window: 0) == ["zeroWindowProbeACK", "zeroWindow"])
        #expect(try talk.labels(.server, [], 1, ack: 1_001, window: 500) == ["windowUpdate"])
        // No data outstanding: the same ACK again is no duplicate ACK (RFC 5681 §2 a).
        #expect(try talk.labels(.server, [], 1, ack: 1_001, window: 500) == [])
    }

    @Test func keepAliveAndItsAnswer() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10)
        _ = try talk.labels(.server, [], 1, ack: 11)
        #expect(try talk.labels(.client, [], 10, ack: 1) == ["keepAlive"])
        #expect(try talk.labels(.server, [], 1, ack: 11) == ["keepAliveACK"])
        #expect(try talk.labels(.client, [], 10, ack: 1, data: 1) == ["keepAlive"])
        #expect(try talk.labels(.server, [], 1, ack: 11) == ["keepAliveACK"])
        _ = try talk.labels(.client, .psh, 11, ack: 1, data: 1)
        talk.wait(210)
        #expect(try talk.labels(.client, [], 11, ack: 1, data: 1).first == "retransmission/timeout")
    }

    @Test func explicitCongestionNotification() throws {
        let talk = Conversation()
        #expect(try talk.labels(.client, [.syn, .ece, .cwr], 0) == [])
        #expect(try talk.labels(.server, [.syn, .ece], 0, ack: 1) == [])
        #expect(try talk.labels(.client, [], 1, ack: 1) == [])
        _ = try talk.labels(.client, .psh, 1, ack: 1, data: 10)
        #expect(try talk.labels(.server, .ece, 1, ack: 11) == ["congestionExperiencedEcho"])
        #expect(try talk.labels(.client, .cwr, 11, ack: 1, data: 10) == ["congestionWindowReduced"])
    }

    /// With accurate ECN the three flags count.
    @Test func accurateECN() throws {
        let talk = Conversation()
        _ = try talk.labels(.client, [.syn, .ece, .cwr, .ae], 0)
        _ = try talk.labels(.server, [.syn, .cwr], 0, ack: 1)
        #expect(try talk.labels(.client, [.ece, .cwr], 1, ack: 1) == [])
    }

    @Test func handshakesSentAgain() throws {
        let talk = Conversation()
        _ = try talk.labels(.client, .syn, 0)
        talk.wait(1_000)
        #expect(try talk.labels(.client, .syn, 0) == ["retransmission/timeout"])
        _ = try talk.labels(.server, .syn, 0, ack: 1)
        talk.wait(1_000)
        #expect(try talk.labels(.server, .syn, 0, ack: 1) == ["retransmission/timeout"])
        // The SYN comes again, and asks for the answer.
        _ = try talk.labels(.client, .syn, 0)
        #expect(try talk.labels(.server, .syn, 0, ack: 1) == ["retransmission/undetermined"])
    }
}
