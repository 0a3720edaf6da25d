import FlowAnalysis
import PacketDecode
import TestSupport
import Testing

/// Segments that ICMP called too big for their path (RFC 1191, RFC 8201), sent again in smaller ones.
@Suite struct PathMTUTests {
    /// Shows an error that quotes `segment`, a raw IP packet: its header and eight octets more.
    private static func refuse(_ segment: [UInt8], _ conversation: Conversation) {
        if conversation.isIPv6 {
            let error = ICMPHeader(type: ICMPv6Type.packetTooBig.rawValue, restOfHeader: 1_280)
            _ = conversation.show(.server, .icmpv6(error), payload: Array(segment.prefix(48)))
        } else {
            let error = ICMPHeader(type: 3, code: 4, restOfHeader: 1_000)
            _ = conversation.show(.server, .icmp(error), payload: Array(segment.prefix(28)))
        }
    }

    @Test(arguments: [false, true])
    func smallerSegmentsAfterTheError(isIPv6: Bool) throws {
        let talk = Conversation(hasMeasures: true)
        talk.isIPv6 = isIPv6
        try talk.shakeHandsWithSACK()
        let tooBig = talk.frames.segment(.client, .psh, 1, ack: 1, data: 1_460)
        _ = talk.show(frame: tooBig)
        Self.refuse(tooBig, talk)
        let first = try talk.send(.client, [], 1, ack: 1, data: 948)
        #expect(first.labelNames == ["retransmission/pathMTU"])
        let label = first.tcp?.labels.first
        #expect(label?.causeReason == .packetTooBig)
        #expect(label?.causeEvidence == 5)
        #expect(try talk.labels(.client, .psh, 949, ack: 1, data: 512) == ["retransmission/pathMTU"])
        // Once more in the same size is another matter: the timer's.
        talk.wait(300)
        #expect(try talk.labels(.client, [], 1, ack: 1, data: 948) == ["retransmission/timeout"])
    }

    /// As large as before: the error did not bring that about.
    @Test func aResendOfTheSameSize() throws {
        let talk = Conversation()
        try talk.shakeHandsWithSACK()
        let tooBig = talk.frames.segment(.client, .psh, 1, ack: 1, data: 1_460)
        _ = talk.show(frame: tooBig)
        Self.refuse(tooBig, talk)
        talk.wait(300)
        #expect(try talk.labels(.client, .psh, 1, ack: 1, data: 1_460) == ["retransmission/undetermined"])
    }

    /// An error about octets that were acknowledged (RFC 5927 §4): late, or forged.
    @Test func anErrorAboutWhatHasArrived() throws {
        let talk = Conversation()
        try talk.shakeHandsWithSACK()
        let old = talk.frames.segment(.client, .psh, 1, ack: 1, data: 1_000)
        _ = talk.show(frame: old)
        _ = try talk.send(.server, [], 1, ack: 1_001)
        _ = try talk.send(.client, .psh, 1_001, ack: 1, data: 1_000)
        Self.refuse(old, talk)
        talk.wait(300)
        #expect(try talk.labels(.client, .psh, 1_001, ack: 1, data: 500) == ["retransmission/timeout"])
    }
}
