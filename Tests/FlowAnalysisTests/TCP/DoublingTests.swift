import FlowAnalysis
import PacketDecode
import Testing

/// Frames that come once more without an identification that tells: what TSval proves, and what nothing proves.
@Suite struct DoublingTests {
    /// At the side that sent one SYN: the link doubled its answer, or the SYN, which was then answered twice.
    @Test(
        arguments: [
            // Milliseconds until the SYN ACK comes again, the TSval it has then, what it is.
            (1, 500, "undetermined"), (200, 500, "undetermined"), (999, 500, "undetermined"),
            (1, 501, "retransmission/undetermined"), (1_001, 500, "retransmission/timeout"),
            (1_001, 1_500, "retransmission/timeout"),
        ] as [(Int64, UInt32, String)], [true, false])
    func aSYNACKOnceMore(_ again: (Int64, UInt32, String), isIPv6: Bool) throws {
        let talk = Conversation()
        talk.isIPv6 = isIPv6
        _ = try talk.send(.client, .syn, 0, options: [Conversation.stamp(100)])
        _ = try talk.send(.server, .syn, 0, ack: 1, options: [Conversation.stamp(500)])
        _ = try talk.send(.client, [], 1, ack: 1, options: [Conversation.stamp(101)])
        talk.wait(again.0 - 2)
        let answer = try talk.send(.server, .syn, 0, ack: 1, options: [Conversation.stamp(again.1)])
        #expect(answer.labelNames == [again.2])
        let label = try #require(answer.tcp?.labels.first)
        #expect((label.reason == .answerOrDouble) == (again.2 == "undetermined"))
        #expect(label.evidence?.frame == 2)
        #expect(label.carries == .syn)
        // What follows is as it would have been.
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10, Conversation.stamp(102)) == [])
        #expect(try talk.labels(.server, [], 1, ack: 11, Conversation.stamp(502)) == [])
    }

    @Test func aSYNACKOnceMoreWithoutTimestamps() throws {
        let talk = Conversation()
        _ = try talk.send(.client, .syn, 0)
        _ = try talk.send(.server, .syn, 0, ack: 1)
        #expect(try talk.labels(.server, .syn, 0, ack: 1) == ["undetermined"])
    }

    /// At the side that answers: both SYNs are seen there, and so both answers are known to be its own, in whatever order
    /// they came.
    @Test(arguments: [[1, 2, 1, 2], [1, 1, 2, 2]])
    func aSYNAnsweredTwice(order: [Int]) throws {
        let talk = Conversation()
        var names: [[String]] = []
        for side in order {
            names.append(
                side == 1
                    ? try talk.labels(.client, .syn, 0, Conversation.stamp(100))
                    : try talk.labels(.server, .syn, 0, ack: 1, Conversation.stamp(500)))
        }
        #expect(names.filter { !$0.isEmpty } == [["networkDuplicate"], ["retransmission/undetermined"]])
    }

    /// The SYN was sent again after a second: two answers at once, a round trip later, are none to it alone.
    @Test func aSYNACKOnceMoreAfterASecondSYN() throws {
        let talk = Conversation()
        _ = try talk.send(.client, .syn, 0, options: [Conversation.stamp(100)])
        talk.wait(1_000)
        #expect(try talk.labels(.client, .syn, 0, Conversation.stamp(1_101)) == ["retransmission/timeout"])
        talk.wait(20)
        _ = try talk.send(.server, .syn, 0, ack: 1, options: [Conversation.stamp(500)])
        #expect(try talk.labels(.server, .syn, 0, ack: 1, Conversation.stamp(500)) == ["undetermined"])
    }

    /// The double comes when data has followed the handshake: there was one SYN nevertheless.
    @Test(arguments: [true, false]) func aSYNACKOnceMoreBehindData(isSYNSentAgain: Bool) throws {
        let talk = Conversation()
        talk.isIPv6 = true
        _ = try talk.send(.client, .syn, 0, options: [Conversation.stamp(100)])
        if isSYNSentAgain {
            talk.wait(1_000)
            _ = try talk.send(.client, .syn, 0, options: [Conversation.stamp(1_101)])
        }
        talk.wait(20)
        _ = try talk.send(.server, .syn, 0, ack: 1, options: [Conversation.stamp(500)])
        _ = try talk.send(.client, [], 1, ack: 1, options: [Conversation.stamp(1_122)])
        _ = try talk.send(.client, .psh, 1, ack: 1, data: 10, options: [Conversation.stamp(1_122)])
        _ = try talk.send(.client, .psh, 11, ack: 1, data: 10, options: [Conversation.stamp(1_122)])
        #expect(try talk.labels(.server, .syn, 0, ack: 1, Conversation.stamp(500)) == ["undetermined"])
    }

    /// At the server: its SYN ACK was lost and sent again by its timer; just before the answer to that comes, so does the SYN
    /// once more, and is answered. The echo tells which answer is answered, and so the time of a round trip.
    @Test(arguments: [(1_501, true), (1_520, false)] as [(UInt32, Bool)])
    func theEchoTellsWhichSYNACKIsAnswered(echo: UInt32, isProof: Bool) throws {
        let talk = Conversation()
        talk.isIPv6 = true
        _ = try talk.send(.client, .syn, 0, options: [.sackPermitted, Conversation.stamp(100)])
        _ = try talk.send(.server, .syn, 0, ack: 1, options: [.sackPermitted, Conversation.stamp(500, echo: 100)])
        talk.wait(1_000)
        _ = try talk.send(.server, .syn, 0, ack: 1, options: [.sackPermitted, Conversation.stamp(1_501, echo: 100)])
        talk.wait(18)
        _ = try talk.send(.client, .syn, 0, options: [.sackPermitted, Conversation.stamp(1_110)])
        _ = try talk.send(.server, .syn, 0, ack: 1, options: [.sackPermitted, Conversation.stamp(1_520, echo: 100)])
        _ = try talk.send(.client, [], 1, ack: 1, options: [Conversation.stamp(1_112, echo: echo)])
        _ = try talk.send(.client, .psh, 1, ack: 1, data: 10, options: [Conversation.stamp(1_113, echo: echo)])
        _ = try talk.send(.server, [], 1, ack: 11, options: [Conversation.stamp(1_524, echo: 1_113)])
        talk.wait(18)
        _ = try talk.send(.client, .psh, 11, ack: 1, data: 10, options: [Conversation.stamp(1_133, echo: echo)])
        let again = try talk.send(
            .client, .psh, 11, ack: 1, data: 10, options: [Conversation.stamp(1_133, echo: echo)])
        #expect(again.labelNames == (isProof ? ["networkDuplicate"] : ["retransmission/undetermined"]))
    }

    /// The same octets and TSval, and another echo: it was made anew.
    @Test func anotherEchoIsNoDouble() throws {
        let talk = try talkOverAPath()
        let again = try talk.send(.client, .psh, 1, ack: 1, data: 10, options: [Conversation.stamp(143, echo: 2)])
        #expect(again.labelNames == ["retransmission/undetermined"])
    }

    /// A handshake with SACK over a path of 40 ms, and a segment of 10 octets in frame 4.
    private func talkOverAPath(
        milliseconds: Int64 = 20, hasSACK: Bool = true, isIPv6: Bool = true, isSYNLost: Bool = false
    ) throws -> Conversation {
        let talk = Conversation()
        talk.isIPv6 = isIPv6
        let options: [TCPOption] = hasSACK ? [.sackPermitted] : []
        if isSYNLost {
            _ = try talk.send(.client, .syn, 0, options: options + [Conversation.stamp(UInt32.max - 900)])
            talk.wait(1_000)
        }
        _ = try talk.send(.client, .syn, 0, options: options + [Conversation.stamp(100)])
        talk.wait(milliseconds)
        _ = try talk.send(.server, .syn, 0, ack: 1, options: options + [Conversation.stamp(500, echo: 100)])
        talk.wait(milliseconds)
        let now = UInt32(2 * milliseconds) + 102
        _ = try talk.send(.client, [], 1, ack: 1, options: [Conversation.stamp(now)])
        _ = try talk.send(.client, .psh, 1, ack: 1, data: 10, options: [Conversation.stamp(now + 1)])
        return talk
    }

    /// A resend comes a round trip later, in which the clock ticks 40 times: the same TSval is the same frame.
    @Test(arguments: [(true, false), (false, false), (true, true)])
    func timestampsProveADouble(isIPv6: Bool, isSYNLost: Bool) throws {
        let talk = try talkOverAPath(isIPv6: isIPv6, isSYNLost: isSYNLost)
        let double = try talk.send(.client, .psh, 1, ack: 1, data: 10, options: [Conversation.stamp(143)])
        #expect(double.labelNames == ["networkDuplicate"])
        let label = try #require(double.tcp?.labels.first)
        #expect((label.reason, label.evidence?.frame) == (.timestampEqual, isSYNLost ? 5 : 4))
        // A resend has a TSval of its own, and may be doubled, too.
        #expect(
            try talk.labels(.client, .psh, 1, ack: 1, data: 10, Conversation.stamp(190))
                == ["retransmission/undetermined"])
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 10, Conversation.stamp(190)) == ["networkDuplicate"])
    }

    /// No proof: a round trip is no longer than a tick or two, or duplicate ACKs may have brought it sooner.
    @Test(arguments: [(1, true), (20, false)] as [(Int64, Bool)])
    func timestampsThatProveNothing(milliseconds: Int64, hasSACK: Bool) throws {
        let talk = try talkOverAPath(milliseconds: milliseconds, hasSACK: hasSACK)
        let value = UInt32(2 * milliseconds) + 103
        let again = try talk.send(.client, .psh, 1, ack: 1, data: 10, options: [Conversation.stamp(value)])
        #expect(again.tcp?.labels.first?.kind == .retransmission)
    }
}
