import FlowAnalysis
import PacketDecode
import TestSupport
import Testing

/// Fragmented datagrams and segments in a flow table: one event each, at the frame that completes it.
@Suite struct FragmentedFlowTests {
    private static func udp(_ conversation: Conversation) throws -> UDPDirectionMeasures {
        let shown = conversation.table.summary(at: 0)
        guard case .udp(let measures) = try #require(shown).measures else { throw CancellationError() }
        return measures.initiatorToResponder
    }

    private static func tcp(_ conversation: Conversation) throws -> TCPDirectionMeasures {
        let shown = conversation.table.summary(at: 0)
        guard case .tcp(let measures) = try #require(shown).measures else { throw CancellationError() }
        return measures.initiatorToResponder
    }

    private static func datagram(_ conversation: Conversation, octets: Int, _ identification: UInt16) -> [[UInt8]] {
        conversation.countsIdentifications = true
        conversation.nextIdentification = identification
        let cuts = Array(stride(from: 1_480, to: octets + 8, by: 1_480))
        return ConversationFrames.fragments(of: conversation.frames.datagram(.client, octets: octets), at: cuts)
    }

    /// In any order the datagram counts once, with all its octets and frames, and its flow begins at the first fragment.
    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
    func aDatagramCountsOnce(order: [Int]) throws {
        let talk = Conversation(hasMeasures: true)
        let fragments = Self.datagram(talk, octets: 4_000, 7)
        var flows: [FlowObservation?] = []
        for index in order { flows.append(talk.show(frame: fragments[index])) }
        let last = try #require(flows[2])
        #expect((last.flow, last.protocol, last.isIncomplete) == (1, .udp, false))
        let latest = talk.table.latestFragment
        guard case .complete(let whole) = latest?.outcome else { throw CancellationError() }
        #expect(whole.frames == [1, 2, 3])
        #expect(whole.decode().payloadLength == 4_000)
        let measures = try Self.udp(talk)
        #expect((measures.datagrams, measures.octets, measures.fragments) == (1, 4_000, 3))
        #expect(measures.frameOctets == UInt64(fragments.reduce(0) { $0 + $1.count }))
        #expect((measures.minimumOctets, measures.incompleteDatagrams) == (4_000, 0))
        let named = order.firstIndex(of: 0)
        #expect(flows[named ?? 0]?.isFirst == true)
        #expect(talk.table.flowCount == 1)
    }

    @Test func aLostFragmentIsCountedWhenTheCaptureEnds() throws {
        let talk = Conversation(hasMeasures: true)
        let fragments = Self.datagram(talk, octets: 4_000, 7)
        let first = talk.show(frame: fragments[0])
        #expect((first?.flow, first?.isFirst, first?.isIncomplete) == (1, true, true))
        #expect(talk.show(frame: fragments[2]) == nil)
        _ = try talk.sendDatagram(.client, octets: 10)
        let abandoned = talk.table.finish()
        #expect(abandoned.map(\.frames) == [[1, 2]])
        #expect(abandoned.map(\.flow) == [1])
        #expect(abandoned.map(\.reason) == [.endOfCapture])
        let measures = try Self.udp(talk)
        #expect((measures.datagrams, measures.octets, measures.fragments) == (1, 10, 2))
        #expect(measures.incompleteDatagrams == 1)
        #expect(talk.table.fragmentCounts.leftOver == 1)
    }

    /// Time is looked at when the next fragment comes.
    @Test func aLostFragmentTimesOut() throws {
        let talk = Conversation(hasMeasures: true)
        _ = talk.show(frame: Self.datagram(talk, octets: 4_000, 7)[0])
        talk.wait(31_000)
        _ = talk.show(frame: Self.datagram(talk, octets: 4_000, 8)[0])
        let abandoned = talk.table.latestFragment?.abandoned ?? []
        #expect(abandoned.map(\.reason) == [.expired])
        #expect(abandoned.map(\.flow) == [1])
        #expect(try Self.udp(talk).incompleteDatagrams == 1)
        #expect(talk.table.fragmentCounts.expired == 1)
    }

    /// The second fragment lies within the first, as teardrop's does: the policy is Linux's, which drops the datagram.
    @Test func teardrop() throws {
        let talk = Conversation(hasMeasures: true)
        let whole = Self.datagram(talk, octets: 4_000, 7)
        let other = ConversationFrames.fragments(
            of: {
                talk.nextIdentification = 7
                return talk.frames.datagram(.client, octets: 4_000)
            }(), at: [1_472, 2_960])
        _ = talk.show(frame: whole[0])
        #expect(talk.show(frame: other[1]) == nil)
        let latest = talk.table.latestFragment
        let fragment = try #require(latest)
        guard case .discarded(let datagram) = fragment.outcome else { throw CancellationError() }
        #expect((datagram.reason, datagram.flow, datagram.frames) == (.overlap, 1, [1, 2]))
        #expect(fragment.overlap?.octetCount == 8)
        #expect(datagram.repetitions.overlapping == 1)
        #expect(try Self.udp(talk).incompleteDatagrams == 1)
    }

    @Test func aDuplicateIsSaidAndItsFrameCounted() throws {
        let talk = Conversation(hasMeasures: true)
        let fragments = Self.datagram(talk, octets: 2_000, 7)
        for index in [0, 0, 1] { _ = talk.show(frame: fragments[index]) }
        let latest = talk.table.latestFragment
        guard case .complete(let whole) = latest?.outcome else { throw CancellationError() }
        #expect((whole.repetitions.duplicates, whole.frames) == (1, [1, 3]))
        #expect(try Self.udp(talk).frameOctets == UInt64(2 * fragments[0].count + fragments[1].count))
    }

    /// A segment in fragments is analysed as one, and so is its resend, whole.
    @Test func aSegment() throws {
        let talk = Conversation(hasMeasures: true)
        talk.countsIdentifications = true
        try talk.shakeHandsWithSACK()
        let segment = talk.frames.segment(.client, .psh, 1, ack: 1, data: 2_000)
        let fragments = ConversationFrames.fragments(of: segment, at: [800, 1_600])
        let first = talk.show(frame: fragments[0])
        #expect((first?.flow, first?.tcp == nil, first?.protocol) == (1, true, .tcp))
        #expect(talk.show(frame: fragments[1]) == nil)
        let last = talk.show(frame: fragments[2])
        #expect((last?.tcp?.relativeSequenceNumber, last?.tcp?.relativeSequenceEnd) == (1, 2_001))
        #expect(last?.labelNames == [])
        _ = try talk.send(.server, [], 1, ack: 2_001)
        #expect(try talk.labels(.client, .psh, 2_001, ack: 1, data: 100) == [])
        talk.wait(500)
        let again = try talk.send(.client, .psh, 1, ack: 1, data: 2_000)
        #expect(again.retransmission?.evidence?.frame == 6, "the frame that completed it")
        let measures = try Self.tcp(talk)
        #expect((measures.segments, measures.octets, measures.fragments) == (5, 4_100, 3))
        #expect((measures.retransmittedSegments, measures.spuriousSegments) == (1, 1))
    }

    /// What is whole leaves the assembler alone, however many datagrams wait in it.
    @Test func memoryIsBounded() {
        let talk = Conversation()
        for identification in 1...6_000 {
            _ = talk.show(frame: Self.datagram(talk, octets: 3_000, UInt16(identification))[0])
        }
        let counts = talk.table.fragmentCounts
        #expect(counts.fragments == 6_000)
        #expect(counts.evicted > 1_500, "4 MiB, and 4,096 datagrams")
        #expect(UInt64(talk.table.finish().count) + counts.evicted == 6_000)
    }

    /// Whatever the bytes: no trap, and what was given up and what came together adds up.
    @Test(arguments: [1, 2, UInt64.random(in: 3...UInt64.max)])
    func mutatedFragments(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let talk = Conversation(hasMeasures: true)
        var given: UInt64 = 0
        for round in 0..<300 {
            var maker = FragmentMaker()
            maker.version = round % 2 == 0 ? .ipv4 : .ipv6
            maker.identification = UInt32(round % 7)
            maker.ipProtocol = round % 3 == 0 ? .tcp : .udp
            for var fragment in maker.fragments(FragmentMaker.datagram(octets: 200), at: [64, 128]).shuffled(
                using: &random)
            {
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let index = Int.random(in: 0..<fragment.count, using: &random)
                    fragment[index] = UInt8.random(in: 0...255, using: &random)
                }
                let kept = Int.random(in: 0...9, using: &random) == 0 ? fragment.count / 2 : fragment.count
                _ = talk.show(frame: Array(fragment.prefix(kept)), originalLength: fragment.count)
                given += 1
            }
        }
        _ = talk.table.finish()
        let counts = talk.table.fragmentCounts
        #expect(counts.fragments > 0 && counts.fragments <= given, "seed \(seed)")
        #expect(counts.complete + counts.discarded + counts.leftOver + counts.refused > 0, "seed \(seed)")
        var frames: UInt64 = 0
        for index in 0..<talk.table.flowCount { frames += talk.table.summary(at: index) == nil ? 0 : 1 }
        #expect(frames == UInt64(talk.table.flowCount))
    }
}
