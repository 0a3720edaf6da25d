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

    @Test func afterAPickUpInMidStream() throws {
        let conversation = Conversation()
        _ = try conversation.send(.client, .psh, 70_001, ack: 90_001, data: 100)
        #expect(try conversation.send(.client, .syn, 0).flow == 2)
    }
}
