import PacketDecode
import Testing

@testable import FlowAnalysis

@Suite struct UDPMeasuresTests {
    private static func udp(_ conversation: Conversation) throws -> UDPFlowMeasures {
        let shown = conversation.table.summary(at: 0)
        let summary = try #require(shown)
        guard case .udp(let measures) = summary.measures else {
            Issue.record("not UDP")
            throw CancellationError()
        }
        return measures
    }

    @Test func sizesAndGaps() throws {
        let conversation = Conversation(hasMeasures: true)
        for (time, octets) in [(Int64(0), 10), (1_000, 0), (4_000, 300), (9_000, 20)] {
            conversation.nextTime = time
            _ = try conversation.sendDatagram(.client, octets: octets)
        }
        conversation.nextTime = 9_500
        _ = try conversation.sendDatagram(.server, octets: 5)
        let measures = try Self.udp(conversation)
        let there = measures.initiatorToResponder
        #expect(there.datagrams == 4)
        #expect(there.octets == 330)
        #expect(there.frameOctets == 4 * 28 + 330)
        #expect(there.minimumOctets == 0)
        #expect(there.maximumOctets == 300)
        #expect(there.gap?.count == 3)
        #expect(there.gap?.minimum == 1_000)
        #expect(there.gap?.median == 3_000)
        #expect(there.gap?.maximum == 5_000)
        #expect(measures.responderToInitiator.datagrams == 1)
        #expect(measures.responderToInitiator.gap == nil)
    }

    /// An ICMP error counts for the datagram's direction, and is no packet of the flow.
    @Test func errorsThatAnswerADatagram() throws {
        let conversation = Conversation(hasMeasures: true)
        _ = try conversation.sendDatagram(.client, octets: 6)
        let quoted = FrameBuilder(
            network: .ipv4(IPv4Header(source: IPv4Address(10, 0, 0, 1), destination: IPv4Address(10, 0, 0, 2))),
            transport: .udp(UDPHeader(sourcePort: 40_000, destinationPort: 80)), payload: [1, 2, 3, 4, 5, 6]
        ).encode()
        // Whole, and with no more than the eight octets that RFC 792 asks for.
        for length in [quoted.count, 28] {
            #expect(
                conversation.show(.server, .icmp(ICMPHeader(type: 3, code: 3)), payload: Array(quoted.prefix(length)))
                    == nil)
        }
        let measures = try Self.udp(conversation)
        #expect(measures.initiatorToResponder.icmpErrors == 2)
        #expect(measures.responderToInitiator.icmpErrors == 0)
        #expect(measures.initiatorToResponder.datagrams == 1)
        #expect(conversation.table.flowCount == 1)
    }

    /// A datagram of 4,000 octets in three fragments: one datagram, three fragments, all octets of its frames.
    @Test func fragments() throws {
        let conversation = Conversation(hasMeasures: true)
        var datagram: [UInt8] = []
        UDPHeader(sourcePort: 40_000, destinationPort: 80, length: 4_008).encode(into: &datagram)
        datagram += [UInt8](repeating: 0x61, count: 4_000)
        var frameOctets = 0
        for offset in stride(from: 0, to: datagram.count, by: 1_480) {
            let part = Array(datagram[offset..<min(offset + 1_480, datagram.count)])
            let more: UInt16 = offset + 1_480 < datagram.count ? 0x2000 : 0
            let frame = FrameBuilder(
                network: .ipv4(
                    IPv4Header(
                        source: IPv4Address(10, 0, 0, 1), destination: IPv4Address(10, 0, 0, 2), protocol: .udp,
                        identification: 77, flagsAndFragmentOffset: more | UInt16(offset / 8))), payload: part
            ).encode()
            frameOctets += frame.count
            _ = conversation.show(frame: frame)
        }
        let there = try Self.udp(conversation).initiatorToResponder
        #expect(there.datagrams == 1)
        #expect(there.fragments == 3)
        #expect(there.octets == 4_000)
        #expect(there.maximumOctets == 4_000)
        #expect(there.frameOctets == UInt64(frameOctets))
    }

    /// More errors than a direction's own count has room for.
    @Test func errorsWithoutEnd() {
        var details = DetailPool(capacity: 1)
        var record = DirectionRecord()
        for number in UInt64(1)...200_000 {
            record.countError(&details)
            let counted = record.icmpErrors(details)
            guard counted == number else {
                Issue.record("\(counted) of \(number)")
                return
            }
        }
    }
}
