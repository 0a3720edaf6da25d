import FlowAnalysis
import PacketDecode
import TestSupport
import Testing

@Suite struct FragmentOverlapTests {
    /// What a second fragment is to those at 16..<32 and 40..<56, in octets of the datagram's data.
    struct Shape: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let offset: Int
        let octets: Int
        let overlap: ClosedRange<Int>
        let overlapCount: Int
        /// Whether it lies in one run, so that Linux drops it.
        var isCovered = false

        static let all = [
            Shape(
                testDescription: "reaches into one from below", offset: 8, octets: 16, overlap: 16...24, overlapCount: 8
            ),
            Shape(
                testDescription: "reaches out of one above", offset: 24, octets: 16, overlap: 24...32, overlapCount: 8),
            Shape(
                testDescription: "is one", offset: 16, octets: 16, overlap: 16...32, overlapCount: 16, isCovered: true),
            Shape(
                testDescription: "begins as one and is shorter", offset: 16, octets: 8, overlap: 16...24,
                overlapCount: 8, isCovered: true),
            Shape(
                testDescription: "ends as one and is shorter", offset: 24, octets: 8, overlap: 24...32, overlapCount: 8,
                isCovered: true),
            Shape(
                testDescription: "begins as one and is longer", offset: 16, octets: 24, overlap: 16...32,
                overlapCount: 16),
            Shape(
                testDescription: "ends as one and is longer", offset: 8, octets: 24, overlap: 16...32, overlapCount: 16),
            Shape(testDescription: "contains one", offset: 8, octets: 32, overlap: 16...32, overlapCount: 16),
            Shape(testDescription: "bridges the hole", offset: 24, octets: 24, overlap: 24...48, overlapCount: 16),
            Shape(testDescription: "contains both", offset: 8, octets: 56, overlap: 16...56, overlapCount: 32),
        ]
    }

    @Test(arguments: Shape.all, FragmentOverlapPolicy.allCases)
    func shapes(shape: Shape, policy: FragmentOverlapPolicy) throws {
        let maker = FragmentMaker()
        let feed = FragmentFeed(policy)
        feed.show(maker.fragment(16, [UInt8](repeating: 1, count: 16), more: true))
        feed.show(maker.fragment(40, [UInt8](repeating: 1, count: 16), more: true))
        let observation = feed.show(
            maker.fragment(shape.offset, [UInt8](repeating: 2, count: shape.octets), more: true))
        let overlap = try #require(observation?.overlap)
        #expect(overlap.start == shape.overlap.lowerBound)
        #expect(overlap.end == shape.overlap.upperBound)
        #expect(overlap.octetCount == shape.overlapCount)
        #expect(overlap.differingOctetCount == shape.overlapCount)
        let isDropped = shape.isCovered && policy != .last
        switch policy {
        case _ where isDropped:
            #expect(observation.isDuplicate)
            #expect(overlap.resolution == .ignoredDuplicate)
        case .linux:
            #expect(observation.discarded?.reason == .overlap)
            #expect(observation.discarded?.frames == [1, 2, 3])
            #expect(overlap.resolution == .discardedDatagram)
            #expect(feed.assembler.memory == 0)
            return
        case .first: #expect(overlap.resolution == .keptFirst)
        case .last: #expect(overlap.resolution == .keptLast)
        }
        // The octets that the policy kept, with the holes filled by the first that come.
        var expected = [UInt8](repeating: 3, count: 72)
        for index in Array(16..<32) + Array(40..<56) { expected[index] = 1 }
        for index in shape.offset..<shape.offset + shape.octets
        where expected[index] == 3 || policy == .last { expected[index] = 2 }
        var complete: ReassembledDatagram?
        for offset in stride(from: 0, to: 72, by: 8) where expected[offset] == 3 {
            let filler = feed.show(maker.fragment(offset, [UInt8](repeating: 3, count: 8), more: offset < 64))
            #expect(filler?.overlap == nil)
            if let datagram = filler.complete { complete = datagram }
        }
        #expect(complete?.octets == maker.whole(expected))
    }

    @Test(arguments: FragmentMaker.Version.allCases)
    func identicalOctetsAreNoDifference(version: FragmentMaker.Version) throws {
        let maker = FragmentMaker(version: version)
        let data = FragmentMaker.datagram(octets: 64)
        for policy in FragmentOverlapPolicy.allCases {
            let feed = FragmentFeed(policy)
            feed.show(maker.fragment(0, Array(data[0..<32]), more: true))
            let second = feed.show(maker.fragment(24, Array(data[24..<64]), more: false))
            #expect(second?.overlap?.octetCount == 8)
            #expect(second?.overlap?.differingOctetCount == 0)
            #expect(second.complete?.octets == (policy == .linux ? nil : maker.whole(data)))
            #expect(feed.assembler.counts.overlapping == 1)
        }
    }

    /// A run is what came in order: its parts may come again together. What came out of order makes runs of its own.
    @Test func linuxKnowsRuns() {
        let maker = FragmentMaker()
        let octets = [UInt8](repeating: 1, count: 16)
        let inOrder = FragmentFeed()
        inOrder.show(maker.fragment(16, octets, more: true))
        inOrder.show(maker.fragment(32, octets, more: true))
        #expect(inOrder.show(maker.fragment(24, octets, more: true)).isDuplicate)
        let reversed = FragmentFeed()
        reversed.show(maker.fragment(32, octets, more: true))
        reversed.show(maker.fragment(16, octets, more: true))
        #expect(reversed.show(maker.fragment(24, octets, more: true)).discarded?.reason == .overlap)
    }

    /// After the discarding nothing is remembered: as in Linux, what comes later begins anew.
    @Test func afterAnOverlapAllBeginsAnew() throws {
        let maker = FragmentMaker()
        let data = FragmentMaker.datagram(octets: 64)
        let feed = FragmentFeed()
        feed.show(maker.fragment(0, Array(data[0..<32]), more: true))
        #expect(feed.show(maker.fragment(24, Array(data[24..<48]), more: true)).discarded != nil)
        let fragments = maker.fragments(data, at: [32])
        #expect(feed.show(fragments[1]).isHeld)
        #expect(feed.show(fragments[0]).complete?.frames == [3, 4])
    }

    /// Random fragments of random content against a model that holds one optional octet a place.
    @Test(arguments: [FragmentOverlapPolicy.first, .last])
    func againstAModel(policy: FragmentOverlapPolicy) {
        for seed in 1...300 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let maker = FragmentMaker(version: seed % 2 == 0 ? .ipv4 : .ipv6)
            let feed = FragmentFeed(policy)
            var model = [UInt8?](repeating: nil, count: 160)
            var isEndKnown = false
            while true {
                let start = 8 * Int.random(in: 0..<20, using: &generator)
                let end = min(160, start + 8 * Int.random(in: 1...6, using: &generator))
                let content = (start..<end).map { _ in UInt8.random(in: 1...2, using: &generator) }
                let before = model
                for index in start..<end where policy == .last || model[index] == nil {
                    model[index] = content[index - start]
                }
                isEndKnown = isEndKnown || end == 160
                let observation = feed.show(maker.fragment(start, content, more: end < 160))
                let differing = (start..<end).count { before[$0] != nil && before[$0] != content[$0 - start] }
                #expect(observation?.overlap?.differingOctetCount ?? 0 == differing, "seed \(seed)")
                let whole = model.compactMap(\.self)
                guard isEndKnown, whole.count == 160 else {
                    #expect(observation.complete == nil, "seed \(seed)")
                    continue
                }
                #expect(observation.complete?.octets == maker.whole(whole), "seed \(seed)")
                break
            }
            #expect(feed.assembler.memory == 0, "seed \(seed)")
        }
    }
}
