import FlowAnalysis
import PacketDecode
import Testing

@Suite struct PortReuseTests {
    @Test func aSYNWithAnotherInitialNumber() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        conversation.clientInitial = 900_000
        conversation.serverInitial = 800_000
        let syn = try conversation.send(.client, .syn, 0)
        #expect((syn.flow, syn.isFirst) == (2, true))
        #expect(syn.retransmission == nil)
        let answer = try conversation.send(.server, .syn, 0, ack: 1)
        #expect((answer.flow, answer.isFirst) == (2, false))
        let data = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        #expect(data.tcp?.relativeSequenceNumber == 1)
        #expect(data.retransmission == nil)
        #expect(conversation.table.flowCount == 1)
    }

    @Test func afterBothFINsAnySYN() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .fin, 1, ack: 1)
        _ = try conversation.send(.server, .fin, 1, ack: 2)
        #expect(try conversation.send(.client, [], 2, ack: 2).flow == 1)
        // The other end opens this one: it is the initiator now.
        conversation.serverInitial = 77
        let syn = try conversation.send(.server, .syn, 0)
        #expect((syn.flow, syn.direction, syn.isFirst) == (2, .fromInitiator, true))
        #expect(try conversation.send(.client, .syn, 0, ack: 1).direction == .fromResponder)
    }

    @Test func aRefusedSYNTriedAgainIsTheSameConnection() throws {
        let conversation = Conversation()
        _ = try conversation.send(.client, .syn, 0)
        let refusal = try conversation.send(.server, .rst, -5_000, ack: 1)
        #expect((refusal.flow, refusal.direction) == (1, .fromResponder))
        let again = try conversation.send(.client, .syn, 0)
        #expect((again.flow, again.retransmission?.carries) == (1, .syn))
        let answer = try conversation.send(.server, .syn, 0, ack: 1)
        #expect(answer.flow == 1)
        #expect(answer.tcp?.relativeSequenceNumber == 0)
        conversation.clientInitial += 1_000_000
        #expect(try conversation.send(.client, .syn, 0).flow == 2)
    }

    @Test func aHandshakeAnsweredAnewIsTheSameConnection() throws {
        let conversation = Conversation()
        _ = try conversation.send(.client, .syn, 0)
        _ = try conversation.send(.server, .syn, 0, ack: 1)
        conversation.serverInitial = 600_000
        let answer = try conversation.send(.server, .syn, 0, ack: 1)
        #expect((answer.flow, answer.isFirst) == (1, false))
        #expect(answer.tcp?.relativeSequenceNumber == 0)
        #expect(answer.retransmission == nil)
        _ = try conversation.send(.client, [], 1, ack: 1)
        #expect(try conversation.send(.server, .psh, 1, ack: 1, data: 5).tcp?.relativeSequenceNumber == 1)
    }

    @Test func aSYNACKOnAClosedConnection() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .rst, 1, ack: 1)
        conversation.clientInitial = 900_000
        conversation.serverInitial = 800_000
        // The SYN before it was not captured.
        let answer = try conversation.send(.server, .syn, 0, ack: 1)
        #expect((answer.flow, answer.direction, answer.isFirst) == (2, .fromResponder, true))
    }

    /// A client that chooses the same number twice: the server's own tells that it holds the second for another connection.
    @Test func theSameSYNAfterAResetAndAnotherNumberInTheSYNACK() throws {
        let conversation = Conversation()
        conversation.countsIdentifications = true
        let scale: [TCPOption] = [.windowScale(3)]
        conversation.nextIdentification = 478
        _ = try conversation.send(.client, .syn, 0, options: scale)
        _ = try conversation.send(.server, .syn, 0, ack: 1, options: scale)
        // Without ACK: it answers an ACK that was not captured.
        _ = try conversation.send(.server, .rst, 1)
        conversation.wait(20_000)
        conversation.nextIdentification = 478
        let syn = try conversation.send(.client, .syn, 0, options: scale)
        // So far it may be the old one, tried again: too late to be one that the link doubled.
        #expect((syn.flow, syn.labelNames) == (1, ["retransmission/timeout"]))
        conversation.serverInitial = 800_000
        let answer = try conversation.send(.server, .syn, 0, ack: 1, options: scale)
        #expect((answer.flow, answer.direction, answer.isFirst) == (2, .fromResponder, true))
        #expect(answer.labelNames == ["portReuse"])
        #expect(answer.tcp?.labels.first?.reason == .newInitialSequenceNumber)
        #expect((answer.tcp?.senderState, answer.tcp?.receiverState) == (.synReceived, .established))
        // The SYN counts for the connection that it turned out to open: its scale is known.
        let end = try conversation.send(.client, [], 1, ack: 1, window: 10)
        #expect((end.flow, end.tcp?.scaledWindow, end.labelNames) == (2, 80, []))
        let again = try conversation.send(.server, .syn, 0, ack: 1, options: scale)
        #expect((again.flow, again.retransmission?.carries) == (2, .syn))
    }

    /// With RST a SYN opens nothing (RFC 9293 §3.10.7).
    @Test func aSYNWithRSTIsNone() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        let odd = try conversation.send(.server, [.syn, .rst], 90_000, ack: 1)
        #expect((odd.flow, odd.labelNames) == (1, ["reset"]))
        #expect(try conversation.send(.server, [], 1, ack: 1, data: 10).tcp?.relativeSequenceNumber == 1)
    }

    @Test func afterAPickUpInMidStream() throws {
        let conversation = Conversation()
        _ = try conversation.send(.client, .psh, 70_001, ack: 90_001, data: 100)
        #expect(try conversation.send(.client, .syn, 0).flow == 2)
    }
}
