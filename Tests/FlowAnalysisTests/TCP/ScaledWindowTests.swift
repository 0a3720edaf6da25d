import FlowAnalysis
import PacketDecode
import Testing

@Suite struct ScaledWindowTests {
    @Test func bothSYNsCarryTheOption() throws {
        let conversation = Conversation()
        let syn = try conversation.send(.client, .syn, 0, window: 64_240, options: [.windowScale(7)])
        #expect(syn.tcp?.scaledWindow == 64_240)
        let answer = try conversation.send(.server, .syn, 0, ack: 1, window: 65_160, options: [.windowScale(3)])
        #expect(answer.tcp?.scaledWindow == 65_160)
        #expect(try conversation.send(.client, [], 1, ack: 1, window: 500).tcp?.scaledWindow == 64_000)
        #expect(try conversation.send(.server, [], 1, ack: 1, window: 500).tcp?.scaledWindow == 4_000)
    }

    @Test(arguments: [(7, nil), (nil, 7), (nil, nil)] as [(UInt8?, UInt8?)])
    func oneWithoutTheOption(client: UInt8?, server: UInt8?) throws {
        let conversation = Conversation()
        try conversation.shakeHands(clientScale: client, serverScale: server)
        #expect(try conversation.send(.client, [], 1, ack: 1, window: 500).tcp?.scaledWindow == 500)
        #expect(try conversation.send(.server, [], 1, ack: 1, window: 500).tcp?.scaledWindow == 500)
    }

    /// RFC 7323 §2.3: a shift above 14 counts as 14.
    @Test func shiftsEndAtFourteen() throws {
        let conversation = Conversation()
        try conversation.shakeHands(clientScale: 255, serverScale: 15)
        #expect(try conversation.send(.client, [], 1, ack: 1, window: 65_535).tcp?.scaledWindow == 65_535 << 14)
        #expect(try conversation.send(.server, [], 1, ack: 1, window: 1).tcp?.scaledWindow == 1 << 14)
    }

    @Test func withoutTheSYNOnlyTheAnswerersScaleIsKnown() throws {
        let conversation = Conversation()
        _ = try conversation.send(.server, .syn, 0, ack: 1, options: [.windowScale(4)])
        #expect(try conversation.send(.client, [], 1, ack: 1, window: 10).tcp?.scaledWindow == nil)
        #expect(try conversation.send(.server, [], 1, ack: 1, window: 10).tcp?.scaledWindow == 160)
    }

    @Test func withoutAHandshakeItIsNotKnown() throws {
        let conversation = Conversation()
        #expect(try conversation.send(.client, [], 1, ack: 1, window: 10).tcp?.scaledWindow == nil)
    }
}
