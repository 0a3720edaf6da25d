import FlowAnalysis
import PacketDecode
import Testing

/// States, openings and endings.
@Suite struct StateTests {
    private func states(_ observation: FlowObservation) -> [TCPState] {
        guard let tcp = observation.tcp else { return [] }
        let pair = [tcp.senderState, tcp.receiverState]
        return observation.direction == .fromInitiator ? pair : pair.reversed()
    }

    @Test func fromSYNToTimeWait() throws {
        let talk = Conversation()
        #expect(states(try talk.send(.client, .syn, 0)) == [.synSent, .unseen])
        #expect(states(try talk.send(.server, .syn, 0, ack: 1)) == [.established, .synReceived])
        #expect(states(try talk.send(.client, [], 1, ack: 1)) == [.established, .established])
        let data = try talk.send(.client, .psh, 1, ack: 1, data: 10)
        #expect(data.tcp?.hasStateChanged == false)
        #expect(states(try talk.send(.client, .fin, 11, ack: 1)) == [.finWait1, .closeWait])
        #expect(states(try talk.send(.server, [], 1, ack: 12)) == [.finWait2, .closeWait])
        #expect(states(try talk.send(.server, .fin, 1, ack: 12)) == [.timeWait, .lastAck])
        let last = try talk.send(.client, [], 12, ack: 2)
        #expect(states(last) == [.timeWait, .closed])
        #expect(last.tcp?.hasStateChanged == true)
    }

    @Test func simultaneousOpen() throws {
        let talk = Conversation()
        _ = try talk.send(.client, .syn, 0)
        let crossing = try talk.send(.server, .syn, 0)
        #expect(crossing.labelNames == ["simultaneousOpen"])
        #expect(try talk.labels(.client, .syn, 0, ack: 1) == [])
        let answer = try talk.send(.server, .syn, 0, ack: 1)
        #expect(answer.labelNames == [])
        #expect(states(answer) == [.established, .established])
    }

    @Test func simultaneousClose() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.send(.client, .fin, 1, ack: 1)
        #expect(states(try talk.send(.server, .fin, 1, ack: 1)) == [.closing, .closing])
        #expect(states(try talk.send(.client, [], 2, ack: 2)) == [.closing, .timeWait])
        #expect(states(try talk.send(.server, [], 2, ack: 2)) == [.timeWait, .timeWait])
    }

    @Test func pickUpInMidStream() throws {
        let talk = Conversation()
        #expect(states(try talk.send(.client, .psh, 5_000, ack: 7_000, data: 10)) == [.established, .unseen])
        #expect(states(try talk.send(.server, [], 7_000, ack: 5_010)) == [.established, .established])
    }

    /// RFC 9293 §3.5.1, figure 9.
    @Test func halfOpen() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.send(.client, .psh, 1, ack: 1, data: 10)
        let (oldClient, oldServer) = (talk.clientInitial, talk.serverInitial)
        talk.clientInitial = 777_000
        #expect(try talk.labels(.client, .syn, 0) == ["portReuse"])
        // It still holds the old one, and says so.
        let old = TCPHeader(
            sourcePort: talk.serverPort, destinationPort: talk.clientPort,
            sequenceNumber: SequenceNumber(rawValue: oldServer + 1),
            acknowledgmentNumber: SequenceNumber(rawValue: oldClient + 11), flags: .ack, window: 1_000)
        let answer = try #require(talk.show(.server, .tcp(old)))
        #expect(answer.labelNames == ["halfOpen"])
        talk.wait(1_000)
        #expect(try talk.labels(.client, .syn, 0) == ["retransmission/timeout"])
        #expect(try talk.labels(.server, .syn, 0, ack: 1) == [])
    }

    @Test func portReuseAfterTheEnd() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.send(.client, .rst, 1, ack: 1)
        talk.clientInitial += 100_000
        let syn = try talk.send(.client, .syn, 0)
        #expect(syn.labelNames == ["portReuse"])
        #expect(syn.tcp?.labels.first?.reason == .afterClose)
        #expect(states(syn) == [.synSent, .unseen])
    }

    @Test func whatAResetAnswers() throws {
        let refused = Conversation()
        _ = try refused.send(.client, .syn, 0)
        let refusal = try refused.send(.server, .rst, -5_000, ack: 1, window: 0)
        #expect(refusal.tcp?.labels.elements.map(\.reason) == [.refusesSYN])
        #expect(refusal.tcp?.labels.first?.evidence?.frame == 1)
        #expect(states(refusal) == [.closed, .closed])

        let aborted = Conversation()
        try aborted.shakeHands()
        let abort = try aborted.send(.client, .rst, 1, ack: 1)
        #expect(abort.tcp?.labels.elements.map(\.reason) == [.aborts])

        let closed = Conversation()
        try closed.shakeHands()
        _ = try closed.send(.server, .fin, 1, ack: 1)
        _ = try closed.send(.client, .psh, 1, ack: 2, data: 10)
        let late = try closed.send(.server, .rst, 2)
        #expect(late.tcp?.labels.elements.map(\.reason) == [.answersDataAfterClose])
        #expect(late.tcp?.labels.first?.evidence?.frame == 5)

        let unknown = Conversation()
        _ = try unknown.send(.client, .psh, 1, ack: 1, data: 10)
        let stranger = try unknown.send(.server, .rst, 1)
        #expect(stranger.tcp?.labels.elements.map(\.reason) == [.answersUnknownSegment])
    }

    @Test func fastOpen() throws {
        let taken = Conversation()
        #expect(try taken.labels(.client, .syn, 0, data: 100) == ["fastOpen"])
        let answer = try taken.send(.server, .syn, 0, ack: 101)
        #expect(answer.tcp?.labels.elements.map(\.reason) == [.dataAccepted])

        let ignored = Conversation()
        _ = try ignored.labels(.client, .syn, 0, data: 100)
        #expect(try ignored.labels(.server, .syn, 0, ack: 1) == ["fastOpenIgnored"])
        #expect(try ignored.send(.client, .psh, 1, ack: 1, data: 100).retransmission?.carries == .data)
    }

    /// The first label is the one shown: they stand in the order of `Kind`.
    @Test func precedence() throws {
        let talk = Conversation()
        try talk.shakeHands()
        _ = try talk.send(.client, .psh, 1, ack: 1, data: 1_000)
        let both = try talk.send(.client, [.psh, .cwr], 1, ack: 1, data: 1_000, window: 0)
        let kinds = try #require(both.tcp?.labels.elements.map(\.kind))
        #expect(kinds == [.retransmission, .windowFull, .zeroWindow, .congestionWindowReduced])
        let order = kinds.compactMap(SegmentLabel.Kind.allCases.firstIndex)
        #expect(order == order.sorted())
    }
}
