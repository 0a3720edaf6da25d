import FlowAnalysis
import PacketDecode
import TestSupport
import Testing

@Suite struct FragmentLimitsTests {
    static let second: Int64 = 1_000_000_000

    @Test(arguments: FragmentMaker.Version.allCases)
    func expires(version: FragmentMaker.Version) throws {
        let timeout: Int64 = version == .ipv4 ? 30 : 60
        let maker = FragmentMaker(version: version)
        let data = FragmentMaker.datagram(octets: 64)
        let fragments = maker.fragments(data, at: [32])
        // A packet that is no fragment moves the time on as well.
        let other = FragmentMaker(version: .ipv4, host: 9).whole(data)

        let feed = FragmentFeed()
        feed.show(fragments[1])
        feed.time += timeout * Self.second - 1_000_001
        #expect(feed.show(other) == nil)
        feed.time -= 999_999
        let observation = feed.show(other)
        guard case .notFragment = observation?.outcome else {
            Issue.record("expected a packet that is whole")
            return
        }
        let expired = try #require(observation?.abandoned.first)
        #expect(expired.reason == .expired)
        #expect(expired.frames == [1])
        #expect(expired.isFirstFragmentMissing)
        #expect(expired.octetCount == 32)
        #expect(expired.dataLength == 64)
        #expect(feed.assembler.counts.expired == 1)
        #expect(feed.assembler.memory == 0)
        // Too late: it begins a datagram of its own.
        #expect(feed.show(fragments[0]).isHeld)
    }

    /// A clock that steps back leaves younger first fragments behind older ones: each has its own time.
    @Test func expiresAfterTheClockSteppedBack() {
        let feed = FragmentFeed()
        let data = FragmentMaker.datagram(octets: 64)
        let fragments = FragmentMaker(host: 2).fragments(data, at: [32])
        feed.time = 100 * Self.second
        feed.show(FragmentMaker(host: 1).fragments(data, at: [32])[0])
        feed.time = 10 * Self.second
        #expect(feed.show(fragments[0]).isHeld)
        feed.time = 41 * Self.second
        #expect(feed.show(fragments[1]).isHeld)
        #expect(feed.abandoned.map(\.reason) == [.expired])
    }

    @Test func evictsTheOldestDatagram() throws {
        var limits = FragmentAssembler.Limits()
        limits.datagrams = 3
        let feed = FragmentFeed(limits: limits)
        let data = FragmentMaker.datagram(octets: 64)
        let makers = (1...5).map { FragmentMaker(version: $0 % 2 == 0 ? .ipv4 : .ipv6, host: $0) }
        for maker in makers { #expect(feed.show(maker.fragments(data, at: [32])[0]).isHeld) }
        #expect(feed.abandoned.map(\.frames) == [[1], [2]])
        #expect(feed.abandoned.allSatisfy { $0.reason == .evicted })
        #expect(feed.assembler.counts.evicted == 2)
        #expect(feed.assembler.datagramCount == 3)
        for maker in makers.dropFirst(2) { #expect(feed.show(maker.fragments(data, at: [32])[1]).complete != nil) }
    }

    @Test func memoryIsBounded() {
        var limits = FragmentAssembler.Limits()
        limits.octets = 100_000
        let feed = FragmentFeed(limits: limits)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let maker = FragmentMaker(
                version: .random(using: &generator), identification: .random(in: 0...0xFFFF, using: &generator))
            let octets = 8 * Int.random(in: 1...180, using: &generator)
            let offset = 8 * Int.random(in: 0...4000, using: &generator)
            feed.show(maker.fragment(offset, [UInt8](repeating: 0, count: octets), more: true))
            #expect(feed.assembler.memory <= 100_000)
        }
        let counts = feed.assembler.counts
        #expect(counts.evicted > 1000)
        #expect(UInt64(feed.abandoned.count) == counts.evicted + counts.expired)
        let left = feed.assembler.finish()
        #expect(left.allSatisfy { $0.reason == .endOfCapture })
        #expect(UInt64(left.count) == feed.assembler.counts.leftOver)
        #expect(feed.assembler.memory == 0)
        #expect(feed.assembler.datagramCount == 0)
    }

    /// One datagram in fragments of eight octets, backwards: 8,192 pieces, and not more memory than the limit.
    @Test func theMostPieces() {
        let feed = FragmentFeed()
        let maker = FragmentMaker()
        let data = FragmentMaker.datagram(octets: 65_512)
        let fragments = maker.fragments(data, at: Array(stride(from: 8, to: 65_512, by: 8)))
        var last: FragmentObservation?
        for fragment in fragments.reversed() { last = feed.show(fragment) }
        #expect(last.complete?.octets == maker.whole(data))
    }
}

extension FragmentMaker.Version {
    fileprivate static func random(using generator: inout SeededGenerator) -> Self {
        Bool.random(using: &generator) ? .ipv4 : .ipv6
    }
}
