import PacketDecode
import Testing

@Suite struct TCPOptionWalkTests {
    private func walk(_ bytes: [UInt8]) -> [TCPOption] {
        var walk = TCPOptionWalk(range: ByteRange(from: 0, to: bytes.count))
        var options: [TCPOption] = []
        while let (option, _) = walk.next(in: bytes.span) { options.append(option) }
        return options
    }

    private static func blocks(_ edges: [(UInt32, UInt32)]) -> BoundedArray<4, SACKBlock> {
        let zero = SequenceNumber(rawValue: 0)
        var blocks = BoundedArray<4, SACKBlock>(filler: SACKBlock(leftEdge: zero, rightEdge: zero))
        for (left, right) in edges {
            blocks.append(
                SACKBlock(leftEdge: SequenceNumber(rawValue: left), rightEdge: SequenceNumber(rawValue: right)))
        }
        return blocks
    }

    /// Octets and what they mean, one per kind.
    static let samples: [([UInt8], TCPOption)] = [
        ([0], .endOfList),
        ([1], .noOperation),
        ([2, 4, 0x05, 0xb4], .maximumSegmentSize(1460)),
        ([3, 3, 14], .windowScale(14)),
        ([4, 2], .sackPermitted),
        ([5, 10, 0, 0, 0, 1, 0, 0, 0, 9], .sack(blocks([(1, 9)]))),
        (
            [5, 34] + [UInt8](repeating: 0xff, count: 16) + [UInt8](repeating: 0, count: 16),
            .sack(blocks([(.max, .max), (.max, .max), (0, 0), (0, 0)]))
        ),
        ([8, 10, 0, 0, 1, 0, 0x80, 0, 0, 0], .timestamps(TCPTimestamps(value: 256, echoReply: 0x8000_0000))),
        ([19, 18] + [UInt8](repeating: 7, count: 16), .md5Signature(digest: ByteRange(from: 2, to: 18))),
        ([28, 4, 0x80, 0x05], .userTimeout(isInMinutes: true, value: 5)),
        ([28, 4, 0x7f, 0xff], .userTimeout(isInMinutes: false, value: 32767)),
        ([29, 6, 1, 2, 9, 9], .authentication(keyID: 1, nextKeyID: 2, code: ByteRange(from: 4, to: 6))),
        ([30, 4, 0x20, 0x01], .multipath(subtype: 2, data: ByteRange(from: 2, to: 4))),
        ([34, 2], .fastOpenCookie(ByteRange(from: 2, to: 2))),
        ([34, 10, 1, 2, 3, 4, 5, 6, 7, 8], .fastOpenCookie(ByteRange(from: 2, to: 10))),
        ([254, 4, 0xf9, 0x89], .unknown(.experiment2, data: ByteRange(from: 2, to: 4))),
        ([77, 5, 1, 2, 3], .unknown(TCPOptionKind(rawValue: 77), data: ByteRange(from: 2, to: 5))),
    ]

    @Test(arguments: samples.indices)
    func eachKind(index: Int) {
        let (bytes, option) = Self.samples[index]
        #expect(walk(bytes) == [option])
        #expect(encoded { option.encode(from: bytes.span, into: &$0) } == bytes)
        // A cut anywhere behind the kind is malformed.
        for length in 1..<max(1, bytes.count) {
            let expected = TCPOption.malformed(
                TCPOptionKind(rawValue: bytes[0]), length: length > 1 ? bytes[1] : nil)
            #expect(walk(Array(bytes.prefix(length))) == [expected])
        }
    }

    /// Lengths that a kind does not have leave it unknown, with its data.
    @Test(
        arguments: [
            [2, 3, 1], [2, 5, 1, 1, 1], [3, 2], [3, 4, 1, 1], [4, 3, 0], [5, 2], [5, 9, 0, 0, 0, 0, 0, 0, 0], [8, 2],
            [8, 9, 0, 0, 0, 0, 0, 0, 0], [19, 3, 0], [28, 3, 0], [29, 3, 0], [30, 2], [34, 3, 1],
            [34, 7, 1, 1, 1, 1, 1],
        ] as [[UInt8]])
    func unexpectedLength(bytes: [UInt8]) {
        let kind = TCPOptionKind(rawValue: bytes[0])
        #expect(walk(bytes) == [.unknown(kind, data: ByteRange(from: 2, to: bytes.count))])
    }

    @Test func malformedEndsTheWalk() {
        #expect(walk([1, 2]) == [.noOperation, .malformed(.maximumSegmentSize, length: nil)])
        #expect(walk([2, 0, 5, 5]) == [.malformed(.maximumSegmentSize, length: 0)])
        #expect(walk([2, 1, 5, 5]) == [.malformed(.maximumSegmentSize, length: 1)])
        #expect(walk([2, 5, 5, 5, 1].dropLast()) == [.malformed(.maximumSegmentSize, length: 5)])
    }

    @Test func endOfListEndsTheWalk() {
        #expect(walk([1, 0, 2, 4, 5, 5]) == [.noOperation, .endOfList])
    }

    private func segment(_ options: [UInt8]) -> DecodedPacket {
        decode(
            FrameBuilder(
                network: .ipv4(IPv4Header(source: .loopback, destination: .loopback)),
                transport: .tcp(TCPHeader(sourcePort: 1, destinationPort: 2), options: options), payload: [9]
            ).encode(), as: .ipv4)
    }

    @Test func decoderKeepsWhatFlowsNeed() throws {
        let segment = segment([
            1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 5, 18, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6,
        ])
        let options = try #require(segment.tcp?.options)
        #expect(options.timestamps == TCPTimestamps(value: 1, echoReply: 2))
        #expect(options.sackBlocks == Self.blocks([(3, 4), (5, 6)]))
        #expect(segment.payload.count == 1)
        #expect(segment.stop == nil)
    }

    /// The usual twelve octets take a short way, which must say the same.
    @Test func timestampsAlone() throws {
        let options = try #require(segment([1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]).tcp?.options)
        #expect(options.timestamps == TCPTimestamps(value: 1, echoReply: 2))
        let shifted = try #require(segment([8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1]).tcp?.options)
        #expect(shifted.timestamps == options.timestamps)
    }

    @Test func lastOfTwoCounts() throws {
        let options = try #require(segment([2, 4, 0, 1, 2, 4, 0, 2]).tcp?.options)
        #expect(options.maximumSegmentSize == 2)
    }

    @Test func malformedOptionIsNotedAndDataKept() {
        let packet = segment([2, 4, 5, 0xb4, 3, 9, 0, 0])
        #expect(packet.stop == DecodeError(.tcpOptions, at: 40, .malformedOption(kind: 3)))
        #expect(packet.tcp?.options.maximumSegmentSize == 1460)
        #expect(packet.payload.count == 1)
    }
}
