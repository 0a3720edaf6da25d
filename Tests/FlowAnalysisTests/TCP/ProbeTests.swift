import FlowAnalysis
import PacketDecode
import Testing

@Suite struct ProbeTests {
    @Test(arguments: [0, 1])
    func keepAlive(octets: Int) throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.server, [], 1, ack: 101)
        for _ in 0..<3 {
            let probe = try conversation.send(.client, [], 100, ack: 1, data: octets)
            #expect(probe.retransmission == nil)
            #expect(probe.tcp?.relativeSequenceNumber == 100)
        }
        // It took no place: what follows is new.
        #expect(try conversation.send(.client, .psh, 101, ack: 1, data: 1).retransmission == nil)
    }

    @Test func oneOctetThatIsNotAcknowledgedIsNoKeepAlive() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.server, [], 1, ack: 101)
        _ = try conversation.send(.client, .psh, 101, ack: 1, data: 1)
        #expect(try conversation.send(.client, .psh, 101, ack: 1, data: 1).retransmission?.carries == .data)
    }

    /// Measured on Linux: the ACK was lost behind the point of capture, and the kernel counted a resend.
    @Test func oneOctetWithPSHSentAgainIsNoKeepAlive() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 1)
        _ = try conversation.send(.server, [], 1, ack: 2)
        #expect(try conversation.send(.client, .psh, 1, ack: 1, data: 1).retransmission?.isSpurious == true)
    }

    @Test func twoOctetsAreNoKeepAlive() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.server, [], 1, ack: 101)
        #expect(try conversation.send(.client, [], 99, ack: 1, data: 2).retransmission?.isSpurious == true)
    }

    @Test(arguments: [0, 1])
    func zeroWindowProbeBelowUNA(octets: Int) throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.server, [], 1, ack: 101, window: 0)
        for _ in 0..<3 {
            #expect(try conversation.send(.client, [], 100, ack: 1, data: octets).retransmission == nil)
            _ = try conversation.send(.server, [], 1, ack: 101, window: 0)
        }
    }

    @Test func zeroWindowProbeBeyondTheEdgeThatIsRefused() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.server, [], 1, ack: 101, window: 0)
        for _ in 0..<3 {
            #expect(try conversation.send(.client, [], 101, ack: 1, data: 1).retransmission == nil)
            _ = try conversation.send(.server, [], 1, ack: 101, window: 0)
        }
        // The window opens: the octet's first proper sending is no resend, the next one is.
        _ = try conversation.send(.server, [], 1, ack: 101)
        #expect(try conversation.send(.client, .psh, 101, ack: 1, data: 50).retransmission == nil)
        #expect(try conversation.send(.client, .psh, 101, ack: 1, data: 50).retransmission?.repeatedCount == 50)
    }

    @Test func zeroWindowProbeBeyondTheEdgeThatIsTaken() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 100)
        _ = try conversation.send(.server, [], 1, ack: 101, window: 0)
        #expect(try conversation.send(.client, [], 101, ack: 1, data: 1).retransmission == nil)
        _ = try conversation.send(.server, [], 1, ack: 102)
        #expect(try conversation.send(.client, .psh, 102, ack: 1, data: 50).retransmission == nil)
        #expect(try conversation.send(.client, .psh, 101, ack: 1, data: 50).retransmission?.repeatedCount == 50)
    }

    @Test func dataInFlightSentAgainIntoAClosedWindowIsARetransmission() throws {
        let conversation = Conversation()
        try conversation.shakeHands()
        _ = try conversation.send(.client, .psh, 1, ack: 1, data: 1)
        _ = try conversation.send(.server, [], 1, ack: 1, window: 0)
        #expect(try conversation.send(.client, .psh, 1, ack: 1, data: 1).retransmission?.carries == .data)
    }
}
