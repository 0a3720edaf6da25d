import FlowAnalysis
import TestSupport
import Testing

@Suite struct StreamAssemblerTests {
    @Test func inOrder() {
        let feed = StreamFeed()
        feed.take("one ", at: 1)
        feed.take("two", at: 5)
        feed.take("", at: 8)
        #expect(feed.said == [.data(1, "one two")])
        #expect(feed.lendCount == 2)
        #expect(feed.assembler.next == 8)
        #expect(feed.assembler.counts.delivered == 7)
        #expect(feed.assembler.waitingMemory == 0)
        feed.finish()
        #expect(feed.said == [.data(1, "one two")])
    }

    @Test func beyondTwoToTheThirtyTwo() {
        let start: Int64 = 1 << 32 - 2
        let feed = StreamFeed(startingAt: start)
        feed.take("cd", at: start + 2)
        feed.take("ab", at: start)
        feed.take("ef", at: start + 4)
        #expect(feed.said == [.data(start, "abcdef")])
    }

    @Test func aHoleIsWaitedFor() {
        let feed = StreamFeed()
        feed.take("cc", at: 5)
        feed.take("dd", at: 7)
        #expect(feed.said == [])
        feed.take("aabb", at: 1)
        #expect(feed.said == [.data(1, "aabbccdd")])
        #expect(feed.assembler.waitingMemory == 0)
    }

    @Test func holesAreFilledOneByOne() {
        let feed = StreamFeed()
        feed.take("b", at: 2)
        feed.take("d", at: 4)
        feed.take("f", at: 6)
        feed.take("c", at: 3)
        #expect(feed.said == [])
        feed.take("a", at: 1)
        #expect(feed.said == [.data(1, "abcd")])
        feed.take("e", at: 5)
        #expect(feed.said == [.data(1, "abcdef")])
        #expect(feed.assembler.counts.repeated == 0)
    }

    // MARK: Gaps

    /// An acknowledgment alone says nothing yet: a capture may show it before the data. Later data does.
    @Test func acknowledgedButNeverCaptured() {
        let feed = StreamFeed()
        feed.take("ab", at: 1)
        feed.acknowledge(6)
        #expect(feed.said == [.data(1, "ab")])
        feed.take("ef", at: 6)
        #expect(feed.said == [.data(1, "ab"), .gap(3..<6, .acknowledged), .data(6, "ef")])
        #expect(feed.assembler.counts.missing == 3)
    }

    @Test func acknowledgmentBeforeItsData() {
        let feed = StreamFeed()
        feed.acknowledge(4)
        feed.take("abc", at: 1)
        feed.finish()
        #expect(feed.said == [.data(1, "abc")])
    }

    /// Of what waits, only the hole that was acknowledged is given up.
    @Test func anAcknowledgmentGivesUpWhatItCovers() {
        let feed = StreamFeed()
        feed.take("cd", at: 3)
        feed.take("gh", at: 7)
        feed.acknowledge(5)
        #expect(feed.said == [.gap(1..<3, .acknowledged), .data(3, "cd")])
        feed.take("ef", at: 5)
        #expect(feed.said == [.gap(1..<3, .acknowledged), .data(3, "cdefgh")])
    }

    @Test func theEndOfTheCapture() {
        let feed = StreamFeed()
        feed.take("cd", at: 3)
        feed.take("gh", at: 7)
        feed.finish()
        #expect(
            feed.said == [
                .gap(1..<3, .endOfCapture), .data(3, "cd"), .gap(5..<7, .endOfCapture), .data(7, "gh"),
            ])
    }

    @Test func whatIsMissingAtTheEnd() {
        let acknowledged = StreamFeed()
        acknowledged.take("ab", at: 1)
        acknowledged.acknowledge(9)
        acknowledged.finish()
        #expect(acknowledged.said == [.data(1, "ab"), .gap(3..<9, .acknowledged)])

        let finished = StreamFeed()
        finished.take("ab", at: 1)
        finished.acknowledge(3)
        finished.assembler.noteEnd(at: 5)
        finished.finish()
        #expect(finished.said == [.data(1, "ab"), .gap(3..<5, .endOfCapture)])

        // The FIN takes a number, and is no octet.
        let whole = StreamFeed()
        whole.take("ab", at: 1)
        whole.assembler.noteEnd(at: 3)
        whole.acknowledge(4)
        whole.finish()
        #expect(whole.said == [.data(1, "ab")])
        let unseenFIN = StreamFeed()
        unseenFIN.take("ab", at: 1)
        unseenFIN.acknowledge(4)
        unseenFIN.finish()
        #expect(unseenFIN.said == [.data(1, "ab")])
    }

    @Test func framesThatWereCut() {
        let feed = StreamFeed()
        feed.take("ab", at: 1, length: 5)
        feed.take("fg", at: 6)
        #expect(feed.said == [.data(1, "ab"), .gap(3..<6, .cut), .data(6, "fg")])
        // The same out of order, and a frame of which nothing was kept.
        let late = StreamFeed()
        late.take("fg", at: 6, length: 4)
        late.take("", at: 3, length: 3)
        late.take("ab", at: 1)
        #expect(late.said == [.data(1, "ab"), .gap(3..<6, .cut), .data(6, "fg"), .gap(8..<10, .cut)])
    }

    // MARK: Repetitions of what was delivered

    @Test func repetitions() {
        let feed = StreamFeed()
        feed.take("abcdef", at: 1)
        feed.take("abcdef", at: 1)
        feed.take("cd", at: 3)
        feed.take("efgh", at: 5)
        #expect(feed.said == [.data(1, "abcdefgh")])
        #expect(feed.assembler.counts.repeated == 10)
        #expect(feed.assembler.counts.conflicting == 0)
        #expect(feed.assembler.counts.unverified == 0)
    }

    @Test(arguments: StreamOverlapPolicy.allCases)
    func conflictWithWhatWasDelivered(policy: StreamOverlapPolicy) {
        let feed = StreamFeed(policy)
        feed.take("abcdef", at: 1)
        feed.take("XbYdefgh", at: 1)
        #expect(feed.said == [.data(1, "abcdef"), .conflict(1..<4, 2, kept: .first), .data(7, "gh")])
        #expect(feed.assembler.counts.conflicting == 2)
    }

    @Test func whatIsNotRememberedIsUnverified() {
        let short = StreamFeed(historyLimit: 4)
        short.take("abcdef", at: 1)
        short.take("gh", at: 7)
        short.take("XXXXXfgX", at: 1)
        #expect(short.said == [.data(1, "abcdefgh"), .conflict(5..<9, 2, kept: .first)])
        #expect(short.assembler.counts.unverified == 4)
        let none = StreamFeed(historyLimit: 0)
        none.take("abcdef", at: 1)
        none.take("XXXXXX", at: 1)
        #expect(none.said == [.data(1, "abcdef")])
        #expect(none.assembler.counts.unverified == 6)
        // What lies in a gap, or before the capture, was never seen.
        let gap = StreamFeed()
        gap.take("ef", at: 5)
        gap.acknowledge(5)
        gap.take("zzabcdef", at: -1)
        #expect(gap.said == [.gap(1..<5, .acknowledged), .data(5, "ef")])
        #expect(gap.assembler.counts.unverified == 6)
    }

    /// RFC 9293 §3.8.4: a keep-alive may carry one octet of garbage.
    @Test func aKeepAliveIsNoConflict() {
        let feed = StreamFeed()
        feed.take("abc", at: 1)
        feed.take([0], at: 3)
        #expect(feed.said == [.data(1, "abc")])
        feed.take("X", at: 2)
        #expect(feed.said == [.data(1, "abc"), .conflict(2..<3, 1, kept: .first)])
    }

    // MARK: Overlaps of what waits

    /// What a second segment is to those that wait at 11..<15 ("aaaa") and 19..<23 ("bbbb"); octets 1 to 10 are missing.
    struct Shape: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let start: Int64
        let octets: Int
        /// The octets from 5 to 26: `.` where none came.
        let first: String
        let last: String
        let conflict: Range<Int64>
        let count: Int

        static let all = [
            Shape(
                testDescription: "reaches into one from below", start: 9, octets: 4, first: "....XXaaaa....bbbb....",
                last: "....XXXXaa....bbbb....", conflict: 11..<13, count: 2),
            Shape(
                testDescription: "reaches out of one above", start: 13, octets: 4, first: "......aaaaXX..bbbb....",
                last: "......aaXXXX..bbbb....", conflict: 13..<15, count: 2),
            Shape(
                testDescription: "is one", start: 11, octets: 4, first: "......aaaa....bbbb....",
                last: "......XXXX....bbbb....", conflict: 11..<15, count: 4),
            Shape(
                testDescription: "lies in one", start: 12, octets: 2, first: "......aaaa....bbbb....",
                last: "......aXXa....bbbb....", conflict: 12..<14, count: 2),
            Shape(
                testDescription: "begins as one and is longer", start: 11, octets: 6, first: "......aaaaXX..bbbb....",
                last: "......XXXXXX..bbbb....", conflict: 11..<15, count: 4),
            Shape(
                testDescription: "ends as one and is longer", start: 9, octets: 6, first: "....XXaaaa....bbbb....",
                last: "....XXXXXX....bbbb....", conflict: 11..<15, count: 4),
            Shape(
                testDescription: "contains one", start: 9, octets: 8, first: "....XXaaaaXX..bbbb....",
                last: "....XXXXXXXX..bbbb....", conflict: 11..<15, count: 4),
            Shape(
                testDescription: "bridges the hole", start: 13, octets: 8, first: "......aaaaXXXXbbbb....",
                last: "......aaXXXXXXXXbb....", conflict: 13..<21, count: 4),
            Shape(
                testDescription: "contains both", start: 9, octets: 16, first: "....XXaaaaXXXXbbbbXX..",
                last: "....XXXXXXXXXXXXXXXX..", conflict: 11..<23, count: 8),
        ]
    }

    @Test(arguments: Shape.all, StreamOverlapPolicy.allCases)
    func shapes(shape: Shape, policy: StreamOverlapPolicy) {
        let feed = StreamFeed(policy)
        feed.take("aaaa", at: 11)
        feed.take("bbbb", at: 19)
        feed.take(String(repeating: "X", count: shape.octets), at: shape.start)
        #expect(feed.said == [.conflict(shape.conflict, shape.count, kept: policy)])
        let expected = policy == .first ? shape.first : shape.last
        for (index, octet) in expected.enumerated() where octet == "." { feed.take(".", at: 5 + Int64(index)) }
        feed.take("....", at: 1)
        #expect(feed.said.last == .data(1, "...." + expected))
        #expect(feed.said.count == 2)
        #expect(feed.assembler.waitingMemory == 0)
    }

    /// It fills the hole and reaches into what waits.
    @Test(arguments: StreamOverlapPolicy.allCases)
    func fillsTheHoleAndOverlaps(policy: StreamOverlapPolicy) {
        let feed = StreamFeed(policy)
        feed.take("cdef", at: 3)
        feed.take("abXX", at: 1)
        #expect(
            feed.said == [.conflict(3..<5, 2, kept: policy), .data(1, policy == .first ? "abcdef" : "abXXef")])
    }

    @Test func sameOctetsAreNoConflict() {
        let feed = StreamFeed()
        feed.take("cdef", at: 3)
        feed.take("cdef", at: 3)
        feed.take("abcd", at: 1)
        #expect(feed.said == [.data(1, "abcdef")])
        #expect(feed.assembler.counts.repeated == 6)
        #expect(feed.assembler.counts.conflicting == 0)
    }

    // MARK: A naive model

    /// Random segments, repeated, overlapping and out of order, against a model of one optional octet a place.
    @Test(arguments: StreamOverlapPolicy.allCases)
    func againstAModel(policy: StreamOverlapPolicy) {
        for seed in 1...500 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let feed = StreamFeed(policy)
            let length = Int.random(in: 10...200, using: &generator)
            var model = [UInt8?](repeating: nil, count: length)
            var delivered = 0
            var conflicting = 0
            while delivered < length {
                let start = Int.random(in: max(0, delivered - 20)..<min(length, delivered + 40), using: &generator)
                let end = min(length, start + Int.random(in: 1...30, using: &generator))
                let content = (start..<end).map { _ in UInt8(ascii: "a") + UInt8.random(in: 0...1, using: &generator) }
                let isKeepAlive = end - start == 1 && end == delivered
                for index in start..<end {
                    let octet = content[index - start]
                    if let before = model[index] {
                        if before != octet, !isKeepAlive { conflicting += 1 }
                        if policy == .last, index >= delivered { model[index] = octet }
                    } else {
                        model[index] = octet
                    }
                }
                while delivered < length, model[delivered] != nil { delivered += 1 }
                feed.take(content, at: Int64(start + 1))
                #expect(feed.assembler.next == Int64(delivered + 1), "seed \(seed)")
            }
            let text = feed.said.reduce(into: "") { text, said in if case .data(_, let more) = said { text += more } }
            #expect(text == String(decoding: model.compactMap(\.self), as: UTF8.self), "seed \(seed)")
            #expect(feed.assembler.counts.conflicting == UInt64(conflicting), "seed \(seed)")
            #expect(feed.assembler.counts.delivered == UInt64(length), "seed \(seed)")
            #expect(feed.assembler.waitingMemory == 0, "seed \(seed)")
        }
    }

    /// Whatever the order, a stream cut into segments comes out whole.
    @Test func anyOrder() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let octets = (0..<500).map { _ in UInt8.random(in: 97...122, using: &generator) }
            var cuts = Set((0..<20).map { _ in Int.random(in: 1..<500, using: &generator) })
            cuts.formUnion([0, 500])
            let edges = cuts.sorted()
            var segments = Array(zip(edges, edges.dropFirst()))
            segments.shuffle(using: &generator)
            let feed = StreamFeed()
            for (start, end) in segments { feed.take(Array(octets[start..<end]), at: Int64(start + 1)) }
            #expect(feed.said == [.data(1, String(decoding: octets, as: UTF8.self))], "seed \(seed)")
            #expect(feed.assembler.counts.repeated == 0, "seed \(seed)")
        }
    }

    // MARK: Bounds

    @Test func memoryIsBounded() {
        var limits = StreamAssembler.Limits()
        limits.octets = 10_000
        let feed = StreamFeed(limits: limits)
        for index in 0..<100 {
            feed.take([UInt8](repeating: 97, count: 1000), at: 2 + 1001 * Int64(index))
            #expect(feed.assembler.waitingMemory <= 10_000)
        }
        #expect(feed.said.first == .gap(1..<2, .limit))
        feed.finish()
        #expect(feed.assembler.counts.delivered == 100_000)
        #expect(feed.assembler.counts.missing == 100)
    }

    @Test func piecesAreBounded() {
        var limits = StreamAssembler.Limits()
        limits.pieces = 8
        let feed = StreamFeed(limits: limits)
        for index in 0..<100 as Range<Int64> { feed.take("x", at: 3 + 2 * index) }
        #expect(feed.said.first == .gap(1..<3, .limit))
        #expect(feed.assembler.waitingMemory <= 8 * 65)
        feed.finish()
        #expect(feed.assembler.counts.delivered == 100)
    }

    /// One-octet segments, each before the one that came before it: bounded in memory and in time.
    @Test(.timeLimit(.minutes(1)))
    func oneOctetSegmentsBackwards() {
        let feed = StreamFeed(historyLimit: 0)
        let count: Int64 = 100_000
        for position in (2...count).reversed() { feed.take([97], at: position) }
        feed.take([97], at: 1)
        feed.finish()
        #expect(feed.assembler.waitingMemory == 0)
        #expect(feed.assembler.counts.delivered + feed.assembler.counts.missing >= UInt64(count))
    }

    /// What the closure throws passes through, and the assembler goes on.
    @Test func deliveringMayThrow() throws {
        struct Full: Error {}
        let feed = StreamFeed()
        let octets: [UInt8] = [97, 98]
        #expect(throws: Full.self) {
            try feed.assembler.take(octets.span, at: 1, length: 2) { _, _ throws(Full) in throw Full() }
        }
        feed.take("cd", at: 3)
        #expect(feed.said == [.data(3, "cd")])
    }
}
