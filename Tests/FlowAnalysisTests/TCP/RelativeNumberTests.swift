import FlowAnalysis
import PacketDecode
import Testing

@Suite struct RelativeNumberTests {
    @Test func handshakeAndData() throws {
        let conversation = Conversation()
        let syn = try #require(try conversation.send(.client, .syn, 0).tcp)
        #expect((syn.relativeSequenceNumber, syn.relativeSequenceEnd) == (0, 1))
        #expect(syn.relativeAcknowledgmentNumber == nil)
        let answer = try #require(try conversation.send(.server, .syn, 0, ack: 1).tcp)
        #expect(answer.relativeSequenceNumber == 0)
        #expect(answer.relativeAcknowledgmentNumber == 1)
        let data = try #require(try conversation.send(.client, .psh, 1, ack: 1, data: 500).tcp)
        #expect((data.relativeSequenceNumber, data.relativeSequenceEnd) == (1, 501))
        let fin = try #require(try conversation.send(.client, .fin, 501, ack: 1, data: 9).tcp)
        #expect((fin.relativeSequenceNumber, fin.relativeSequenceEnd) == (501, 511))
    }

    @Test func pickedUpInMidStream() throws {
        let conversation = Conversation()
        // On the wire: the client at 1,000 + 70,001, the server at 5,000 + 90,001.
        let first = try #require(try conversation.send(.client, .psh, 70_001, ack: 90_001, data: 100).tcp)
        #expect((first.relativeSequenceNumber, first.relativeSequenceEnd) == (1, 101))
        #expect(first.relativeAcknowledgmentNumber == 1)
        // The server had more in flight than the client had acknowledged.
        let second = try #require(try conversation.send(.server, .psh, 90_201, ack: 70_101, data: 100).tcp)
        #expect(second.relativeSequenceNumber == 201)
        #expect(second.relativeAcknowledgmentNumber == 101)
        // Octets from before the capture were not seen.
        let earlier = try conversation.send(.client, .psh, 69_901, ack: 90_001, data: 100)
        #expect(earlier.tcp?.relativeSequenceNumber == -99)
        #expect(earlier.retransmission == nil)
        #expect(earlier.tcp?.scaledWindow == nil)
        #expect(try conversation.send(.client, .psh, 70_001, ack: 90_001, data: 100).retransmission != nil)
    }

    @Test func sackEdges() throws {
        let conversation = Conversation()
        conversation.clientInitial = .max - 50
        try conversation.shakeHands()
        var blocks = BoundedArray<4, SACKBlock>(
            filler: SACKBlock(leftEdge: SequenceNumber(rawValue: 0), rightEdge: SequenceNumber(rawValue: 0)))
        let wire = { (position: Int) in SequenceNumber(rawValue: .max - 50).advanced(by: position) }
        blocks.append(SACKBlock(leftEdge: wire(201), rightEdge: wire(301)))
        blocks.append(SACKBlock(leftEdge: wire(1), rightEdge: wire(11)))
        let segment = try #require(try conversation.send(.server, [], 1, ack: 101, options: [.sack(blocks)]).tcp)
        let edges = try #require(segment.relativeEdges(of: blocks[0]))
        #expect((edges.left, edges.right) == (201, 301))
        let duplicate = try #require(segment.relativeEdges(of: blocks[1]))
        #expect((duplicate.left, duplicate.right) == (1, 11))
    }

    @Test func noEdgesWithoutACK() throws {
        let conversation = Conversation()
        let syn = try #require(try conversation.send(.client, .syn, 0).tcp)
        let zero = SequenceNumber(rawValue: 0)
        #expect(syn.relativeEdges(of: SACKBlock(leftEdge: zero, rightEdge: zero)) == nil)
    }

    /// A frame that the snapshot length cut within the options: the octets of the options are no data.
    @Test func cutWithinTheOptions() throws {
        let conversation = Conversation()
        let header = TCPHeader(
            sourcePort: 1, destinationPort: 2, sequenceNumber: SequenceNumber(rawValue: 100),
            acknowledgmentNumber: SequenceNumber(rawValue: 9), flags: .ack)
        let frame = FrameBuilder(
            network: .ipv4(IPv4Header(source: IPv4Address(10, 0, 0, 1), destination: IPv4Address(10, 0, 0, 2))),
            transport: .tcp(
                header, options: TCPOption.encoded([.timestamps(TCPTimestamps(value: 1, echoReply: 2))])),
            payload: [UInt8](repeating: 0, count: 30)
        ).encode()
        for kept in 40...frame.count {
            let segment = try #require(
                conversation.show(frame: Array(frame.prefix(kept)), originalLength: frame.count)?.tcp)
            #expect((segment.relativeSequenceNumber, segment.relativeSequenceEnd) == (1, 31), "\(kept) octets kept")
        }
    }
}
