import FlowAnalysis
import PacketDecode
import Testing

@Suite struct RetransmissionTests {
    @Test func dataSentOnceIsNone() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        for index in 0..<20 {
            let segment = try conversation.send(.client, .psh, 1 + Int64(index) * 40, ack: 1, data: 40)
            #expect(segment.tcp?.labels.isEmpty == true)
        }
    }

    @Test func dataSentAgainNamesTheFirstSending() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 500)
        _ = try conversation.send(.client, .psh, 501, ack: 1, data: 500)
        for _ in 0..<2 {
            let label = try #require(try conversation.send(.client, .psh, 1, ack: 1, data: 500).retransmission)
            #expect(label.carries == .data)
            #expect(label.cause == .undetermined)
            #expect(label.isSpurious == nil)
            #expect((label.firstRepeated, label.repeatedEnd) == (1, 501))
            #expect(label.repeatedCount == 500)
            #expect(label.evidence?.frame == 4)
            #expect(label.evidence?.timestamp == Conversation.time(ofFrame: 4))
        }
        let second = try #require(try conversation.send(.client, .psh, 501, ack: 1, data: 500).retransmission)
        #expect(second.evidence?.frame == 5)
    }

    @Test func aPartOfItSeenBefore() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 500)
        let longer = try #require(try conversation.send(.client, .psh, 301, ack: 1, data: 500).retransmission)
        #expect((longer.firstRepeated, longer.repeatedEnd) == (301, 501))
        #expect(longer.repeatedCount == 200)
        #expect(longer.evidence?.frame == 4)
        // The new part of that segment was sent with it.
        let rest = try #require(try conversation.send(.client, .psh, 600, ack: 1, data: 201).retransmission)
        #expect(rest.repeatedCount == 201)
        #expect(rest.evidence?.frame == 5)
    }

    @Test func aHoleIsNoRepetition() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.client, .psh, 201, ack: 1, data: 100)
        // Never seen, below the highest seen: not a retransmission by octets seen.
        #expect(try conversation.send(.client, .psh, 101, ack: 1, data: 100).retransmission == nil)
        #expect(try conversation.send(.client, .psh, 101, ack: 1, data: 100).retransmission?.repeatedCount == 100)
    }

    @Test func repeatedOctetsOnBothSidesOfAHole() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.client, .psh, 201, ack: 1, data: 100)
        let label = try #require(try conversation.send(.client, .psh, 51, ack: 1, data: 200).retransmission)
        #expect((label.firstRepeated, label.repeatedEnd) == (51, 251))
        #expect(label.repeatedCount == 100)
    }

    @Test func eachSideHasItsOwnOctets() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        #expect(try conversation.send(.server, .psh, 1, ack: 101, data: 100).retransmission == nil)
        let again = try conversation.send(.server, .psh, 1, ack: 101, data: 100)
        #expect(again.retransmission?.evidence?.frame == 5)
        #expect(again.direction == .fromResponder)
        let clients = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        #expect(clients.retransmission?.evidence?.frame == 4)
        #expect(clients.direction == .fromInitiator)
    }

    @Test func handshakeSentAgain() throws {
        let conversation = Conversation()
        _ = try conversation.send(.client, .syn, 0)
        let syn = try #require(try conversation.send(.client, .syn, 0).retransmission)
        #expect(syn.carries == .syn)
        #expect((syn.firstRepeated, syn.repeatedEnd) == (0, 1))
        #expect(syn.evidence?.frame == 1)
        #expect(try conversation.send(.server, .syn, 0, ack: 1).retransmission == nil)
        let answer = try #require(try conversation.send(.server, .syn, 0, ack: 1).retransmission)
        #expect(answer.carries == .syn)
        #expect(answer.evidence?.frame == 3)
    }

    @Test func finSentAgain() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        #expect(try conversation.send(.client, .fin, 101, ack: 1).retransmission == nil)
        let alone = try #require(try conversation.send(.client, .fin, 101, ack: 1).retransmission)
        #expect(alone.carries == .fin)
        #expect(alone.evidence?.frame == 5)
        let both = try #require(try conversation.send(.client, .fin, 1, ack: 1, data: 100).retransmission)
        #expect(both.carries == [.data, .fin])
        #expect(both.repeatedCount == 101)
    }

    @Test func newFINOnOldData() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        let label = try #require(try conversation.send(.client, .fin, 1, ack: 1, data: 100).retransmission)
        #expect(label.carries == .data)
        #expect(try conversation.send(.client, .fin, 101, ack: 1).retransmission?.carries == .fin)
    }

    @Test func dataOfAFastOpenSYNSentAgain() throws {
        let conversation = Conversation()
        _ = try conversation.send(.client, .syn, 0, data: 100)
        _ = try conversation.send(.server, .syn, 0, ack: 1)
        let label = try #require(try conversation.send(.client, .psh, 1, ack: 1, data: 100).retransmission)
        #expect(label.carries == .data)
        #expect(label.evidence?.frame == 1)
    }

    @Test func needlessWhereAllWasAcknowledged() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.client, .psh, 101, ack: 1, data: 100)
        _ = try conversation.send(.server, [], 1, ack: 101)
        #expect(try conversation.send(.client, .psh, 1, ack: 1, data: 100).retransmission?.isSpurious == true)
        #expect(try conversation.send(.client, .psh, 101, ack: 1, data: 100).retransmission?.isSpurious == .none)
    }

    @Test func crossingSYNsAnswered() throws {
        let conversation = Conversation()
        _ = try conversation.send(.client, .syn, 0)
        _ = try conversation.send(.server, .syn, 0)
        #expect(try conversation.send(.client, .syn, 0, ack: 1).retransmission == nil)
        #expect(try conversation.send(.server, .syn, 0, ack: 1).retransmission == nil)
        // A second answer is one.
        #expect(try conversation.send(.server, .syn, 0, ack: 1).retransmission?.carries == .syn)
        #expect(conversation.table.numberedFlowCount == 1)
    }

    @Test func aResetAndItsTextAreNone() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        #expect(try conversation.send(.client, .rst, 1, ack: 1, data: 20).retransmission == nil)
    }

    @Test func pureACKsAreNone() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        for _ in 0..<3 {
            #expect(try conversation.send(.client, [], 1, ack: 1).tcp?.labels.isEmpty == true)
        }
    }

    /// The SYN takes the last number before the wrap, or data crosses it.
    @Test(arguments: [.max, .max - 1, .max - 100, .max - 99, 0x7FFF_FFFF, 0] as [UInt32])
    func acrossTheWrap(initial: UInt32) throws {
        let conversation = Conversation()
        conversation.clientInitial = initial
        conversation.serverInitial = initial &+ 7
        try conversation.shakeHands()
        for index in 0..<5 {
            let segment = try conversation.send(.client, .psh, 1 + Int64(index) * 60, ack: 1, data: 60)
            #expect(segment.retransmission == nil)
            #expect(segment.tcp?.relativeSequenceNumber == 1 + Int64(index) * 60)
            let answer = try conversation.send(.server, .psh, 1 + Int64(index) * 60, ack: 1, data: 60)
            #expect(answer.retransmission == nil)
        }
        let label = try #require(try conversation.send(.client, .psh, 61, ack: 1, data: 120).retransmission)
        #expect((label.firstRepeated, label.repeatedEnd) == (61, 181))
        #expect(label.evidence?.frame == 6)
        #expect(try conversation.send(.client, .syn, 0).retransmission?.carries == .syn)
        #expect(conversation.table.numberedFlowCount == 1)
    }

    @Test func beyondFourGibibytes() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        // Zero windows of data in between were not captured: each step is below half the sequence space.
        var position: Int64 = 1
        for _ in 0..<5 {
            let segment = try conversation.send(.client, .psh, position, ack: 1, data: 10)
            #expect(segment.tcp?.relativeSequenceNumber == position)
            #expect(segment.retransmission == nil)
            let acknowledgment = try conversation.send(.server, [], 1, ack: position + 10)
            #expect(acknowledgment.tcp?.relativeAcknowledgmentNumber == position + 10)
            position += 0x7000_0000
        }
        #expect(position > Int64(UInt32.max))
        let last = position - 0x7000_0000
        #expect(
            try conversation.send(.client, .psh, last + 2, ack: 1, data: 2).retransmission?.firstRepeated == last + 2)
    }
}
