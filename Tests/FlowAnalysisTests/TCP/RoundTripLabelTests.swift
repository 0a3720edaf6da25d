import FlowAnalysis
import PacketDecode
import Testing

/// What fills a hole with the TSval of its overtakers: overtaken, where no resend could have come so soon.
@Suite struct RoundTripLabelTests {
    /// A handshake with SACK as it looks at the server, over a path of 40 ms: frames 1 to 3, the last at 41 ms, TSval 141.
    private func talkOverAPath(announced: UInt16 = 22, isSYNACKHeld: Bool = false) throws -> Conversation {
        let talk = Conversation()
        talk.isIPv6 = true
        _ = try talk.send(.client, .syn, 0, options: [.sackPermitted, Conversation.stamp(100)])
        let options: [TCPOption] = [.sackPermitted, Conversation.stamp(500, echo: 100), .maximumSegmentSize(announced)]
        _ = try talk.send(.server, .syn, 0, ack: 1, options: options)
        talk.wait(isSYNACKHeld ? 99 : 39)
        let now: UInt32 = isSYNACKHeld ? 201 : 141
        _ = try talk.send(.client, [], 1, ack: 1, options: [Conversation.stamp(now, echo: 500)])
        return talk
    }

    private func send(
        _ talk: Conversation, _ sequence: Int64, _ value: UInt32, data: Int = 10, echo: UInt32 = 500
    ) throws -> FlowObservation {
        try talk.send(.client, .psh, sequence, ack: 1, data: data, options: [Conversation.stamp(value, echo: echo)])
    }

    private func acknowledge(_ talk: Conversation, _ octet: Int64, _ value: UInt32, echo: UInt32) throws {
        _ = try talk.send(.server, [], 1, ack: octet, options: [Conversation.stamp(value, echo: echo)])
    }

    /// Sooner after its overtaker than word of a loss goes round. But a router may have told of a segment too large (RFC 8201),
    /// unless one as large as the receiver takes has crossed.
    @Test(arguments: [(22, "outOfOrder"), (1_440, "undetermined")] as [(UInt16, String)])
    func withinARoundTrip(announced: UInt16, expected: String) throws {
        let talk = try talkOverAPath(announced: announced)
        _ = try send(talk, 1, 141, data: 9)
        _ = try send(talk, 10, 141, data: 11)
        talk.wait(50)
        #expect(try send(talk, 31, 193).labelNames == ["gap"])
        let late = try send(talk, 21, 193)
        #expect(late.labelNames == [expected])
        #expect(late.tcp?.labels.first?.reason == (announced == 22 ? .withinRoundTrip : .noEvidence))
    }

    /// A round trip after its overtaker, a resend may have come.
    @Test func aRoundTripLater() throws {
        let talk = try talkOverAPath()
        _ = try send(talk, 1, 141)
        _ = try send(talk, 11, 141)
        talk.wait(50)
        _ = try send(talk, 31, 193)
        talk.wait(40)
        #expect(try send(talk, 21, 193).labelNames == ["undetermined"])
    }

    /// It left within a tick of what stands before it: there was no time for a resend, however late it comes.
    @Test func byTheSendersClock() throws {
        let talk = try talkOverAPath()
        talk.wait(50)
        _ = try send(talk, 1, 192)
        _ = try send(talk, 21, 192)
        talk.wait(100)
        let late = try send(talk, 11, 192)
        #expect(late.labelNames == ["outOfOrder"])
        #expect(late.tcp?.labels.first?.reason == .withinRoundTrip)
    }

    /// A whole flight is lost. Its first segment, sent again, is word of the loss of the others (RFC 8985 §6.2), which so comes
    /// before any that overtook them.
    @Test func aResendBelowIsWord() throws {
        let talk = try talkOverAPath()
        _ = try send(talk, 1, 142)
        // Octets 11 to 40, sent at 162, and lost; a probe of the last of them has arrived.
        talk.wait(60)
        #expect(try send(talk, 31, 202).labelNames == ["gap"])
        talk.wait(40)
        #expect(try send(talk, 11, 243).labelNames == ["retransmissionOriginalUnseen/undetermined"])
        talk.wait(40)
        // New octets, and at the same tick those sent again.
        _ = try send(talk, 51, 284)
        #expect(try send(talk, 41, 284).labelNames == ["undetermined"])
    }

    /// What stands before it left on its own: it may be the first of a lost flight, sent again, and word of the loss. Two in a
    /// row are none.
    @Test(arguments: [(false, "undetermined"), (true, "outOfOrder")]) func whatStandsBefore(
        isInPair: Bool, expected: String
    ) throws {
        let talk = try talkOverAPath()
        talk.wait(100)
        if isInPair { _ = try send(talk, 1, 242) }
        _ = try send(talk, isInPair ? 11 : 1, 242, data: isInPair ? 10 : 20)
        talk.wait(50)
        _ = try send(talk, 31, 293)
        #expect(try send(talk, 21, 293).labelNames == [expected])
    }

    /// Where a timer has had the time to run out, it may have.
    @Test func timeForATimer() throws {
        let talk = try talkOverAPath()
        _ = try send(talk, 1, 142)
        _ = try send(talk, 11, 142)
        talk.wait(400)
        _ = try send(talk, 31, 544)
        #expect(try send(talk, 21, 544).labelNames == ["undetermined"])
    }

    /// Two of its size have crossed, and none larger: the sender cuts its data for this path. A round trip before: the first
    /// that crosses may have been cut anew.
    @Test(
        arguments: [
            (10, 10, 50, "outOfOrder"), (10, 20, 50, "undetermined"), (20, 10, 50, "undetermined"),
            (10, 10, 20, "undetermined"),
        ] as [(Int, Int, Int64, String)])
    func theSizeThatCrosses(first: Int, late: Int, wait: Int64, expected: String) throws {
        let talk = try talkOverAPath(announced: 1_440)
        _ = try send(talk, 1, 142, data: first)
        _ = try send(talk, Int64(1 + first), 143, data: first)
        talk.wait(wait)
        let start = Int64(1 + 2 * first)
        let value = UInt32(144 + wait)
        _ = try send(talk, start + Int64(late), value, data: 5)
        #expect(try send(talk, start, value, data: late).labelNames == [expected])
    }

    /// The handshake was slow; the echoes of what the server acknowledges tell that the path is shorter.
    @Test(arguments: [false, true]) func echoesTellTheRoundTrip(hasEchoes: Bool) throws {
        let talk = try talkOverAPath(isSYNACKHeld: true)
        _ = try send(talk, 1, 202)
        try acknowledge(talk, 11, 605, echo: 202)
        talk.wait(39)
        _ = try send(talk, 11, 243, echo: hasEchoes ? 605 : 500)
        talk.wait(60)
        _ = try send(talk, 31, 304, echo: hasEchoes ? 605 : 500)
        talk.wait(45)
        let expected = hasEchoes ? "undetermined" : "outOfOrder"
        #expect(try send(talk, 21, 304, echo: hasEchoes ? 605 : 500).labelNames == [expected])
    }

    /// Octets seen, in other pieces, of the same tick: one of the two was cut anew for a smaller path (RFC 8201). At the
    /// receiver nobody can tell which, at the sender it is the second.
    @Test(arguments: [(true, .undetermined), (false, .retransmission)] as [(Bool, SegmentLabel.Kind)])
    func cutAnew(isAtReceiver: Bool, expected: SegmentLabel.Kind) throws {
        let talk: Conversation
        if isAtReceiver {
            talk = try talkOverAPath()
        } else {
            talk = Conversation()
            talk.isIPv6 = true
            _ = try talk.send(.client, .syn, 0, options: [.sackPermitted, Conversation.stamp(100)])
            talk.wait(39)
            let options: [TCPOption] = [.sackPermitted, Conversation.stamp(500, echo: 100)]
            _ = try talk.send(.server, .syn, 0, ack: 1, options: options)
            _ = try talk.send(.client, [], 1, ack: 1, options: [Conversation.stamp(141, echo: 500)])
        }
        _ = try send(talk, 1, 142, data: 10)
        _ = try send(talk, 11, 142, data: 20)
        #expect(try send(talk, 13, 142, data: 18).tcp?.labels.first?.kind == expected)
    }
}
