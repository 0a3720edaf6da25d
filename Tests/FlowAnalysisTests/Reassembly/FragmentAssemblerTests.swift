import FlowAnalysis
import PacketDecode
import TestSupport
import Testing

@Suite struct FragmentAssemblerTests {
    @Test(arguments: FragmentMaker.Version.allCases, [false, true])
    func inOrder(version: FragmentMaker.Version, hasHopByHop: Bool) throws {
        let maker = FragmentMaker(version: version, hasHopByHop: hasHopByHop)
        let data = FragmentMaker.datagram(octets: 3000)
        let feed = FragmentFeed()
        let fragments = maker.fragments(data, at: [1480, 2960])
        #expect(feed.show(fragments[0]).isHeld)
        #expect(feed.show(fragments[1]).isHeld)
        let datagram = try #require(feed.show(fragments[2]).complete)
        #expect(datagram.frames == [1, 2, 3])
        #expect(datagram.octets == maker.whole(data))
        #expect(datagram.originalLength == datagram.octets.count)
        let packet = datagram.decode()
        #expect(packet.stop == nil)
        #expect(!packet.isFragment)
        #expect(packet.udp?.length == 3000)
        #expect(packet.payload.count == 2992)
        let report = PacketDecoder.verifyChecksums(of: packet, datagram.octets.span)
        #expect(version == .ipv6 || report.network == .valid)
        #expect(feed.assembler.datagramCount == 0)
        #expect(feed.assembler.memory == 0)
        #expect(feed.assembler.counts.complete == 1)
        #expect(feed.assembler.counts.fragments == 3)
    }

    @Test func aWholePacketIsNone() {
        let feed = FragmentFeed()
        #expect(feed.show(FragmentMaker().whole([1, 2, 3, 4, 5, 6, 7, 8])) == nil)
        #expect(feed.assembler.counts.fragments == 0)
    }

    /// Any order, with duplicates: the datagram comes together at the frame that brings the last missing octet.
    @Test(arguments: FragmentMaker.Version.allCases, FragmentOverlapPolicy.allCases)
    func anyOrder(version: FragmentMaker.Version, policy: FragmentOverlapPolicy) {
        for seed in 1...200 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let data = FragmentMaker.datagram(octets: .random(in: 24...2000, using: &generator))
            let places = Set((0..<8).map { _ in 8 * Int.random(in: 1..<(data.count + 7) / 8, using: &generator) })
            let maker = FragmentMaker(version: version)
            let distinct = maker.fragments(data, at: places.filter { $0 < data.count }.sorted())
            var sent = Array(distinct.indices)
            for _ in 0..<3 { sent.append(.random(in: distinct.indices, using: &generator)) }
            sent.shuffle(using: &generator)
            let feed = FragmentFeed(policy)
            var seen: Set<Int> = []
            for index in sent {
                let isNew = seen.insert(index).inserted
                let observation = feed.show(distinct[index])
                if seen.count < distinct.count {
                    #expect(isNew ? observation.isHeld : observation.isDuplicate, "seed \(seed)")
                    continue
                }
                #expect(observation.complete?.octets == maker.whole(data), "seed \(seed)")
                #expect(observation.complete?.frames.count == distinct.count, "seed \(seed)")
                break
            }
            #expect(feed.assembler.datagramCount == 0, "seed \(seed)")
            #expect(feed.assembler.memory == 0, "seed \(seed)")
        }
    }

    @Test func datagramsAreToldApart() throws {
        let feed = FragmentFeed()
        let data = FragmentMaker.datagram(octets: 64)
        var makers: [FragmentMaker] = []
        for version in FragmentMaker.Version.allCases {
            for (identification, host) in [(7, 1), (8, 1), (7, 2)] as [(UInt32, UInt8)] {
                makers.append(FragmentMaker(version: version, identification: identification, host: host))
            }
        }
        makers.append(FragmentMaker(ipProtocol: .icmp))
        makers.append(FragmentMaker(version: .ipv6, identification: 0x1_0007))
        for maker in makers { #expect(feed.show(maker.fragments(data, at: [32])[0]).isHeld) }
        #expect(feed.assembler.datagramCount == makers.count)
        for (index, maker) in makers.enumerated() {
            let datagram = try #require(feed.show(maker.fragments(data, at: [32])[1]).complete)
            #expect(datagram.octets == maker.whole(data))
            #expect(datagram.frames == [UInt64(index + 1), UInt64(makers.count + index + 1)])
        }
    }

    /// RFC 8200 §4.5: the next header may differ; the first fragment's counts.
    @Test func nextHeaderOfTheFirstFragment() throws {
        let data = FragmentMaker.datagram(octets: 64)
        let feed = FragmentFeed()
        let other = FragmentMaker(version: .ipv6, ipProtocol: .tcp)
        let first = FragmentMaker(version: .ipv6, ipProtocol: .udp)
        feed.show(other.fragments(data, at: [32])[1])
        let datagram = try #require(feed.show(first.fragments(data, at: [32])[0]).complete)
        #expect(datagram.octets == first.whole(data))
        #expect(datagram.decode().udp?.destinationPort == 2000)
    }

    /// RFC 6946: an atomic fragment is whole, and does not touch the fragments that bear its identification.
    @Test func atomicFragment() throws {
        let maker = FragmentMaker(version: .ipv6)
        let data = FragmentMaker.datagram(octets: 64)
        let feed = FragmentFeed()
        #expect(feed.show(maker.fragments(data, at: [32])[0]).isHeld)
        #expect(feed.show(maker.fragment(0, FragmentMaker.datagram(octets: 24), more: false)) == nil)
        #expect(feed.show(maker.fragments(data, at: [32])[1]).complete != nil)
        #expect(feed.assembler.counts.fragments == 2)
    }

    /// Identifications come again: what follows a whole datagram is a new one.
    @Test func identificationsComeAgain() throws {
        let maker = FragmentMaker()
        let feed = FragmentFeed()
        for octets in [64, 80, 96] {
            let data = FragmentMaker.datagram(octets: octets)
            let fragments = maker.fragments(data, at: [32])
            #expect(feed.show(fragments[0]).isHeld)
            #expect(feed.show(fragments[1]).complete?.octets == maker.whole(data))
        }
    }

    @Test func theLongestDatagram() throws {
        for version in FragmentMaker.Version.allCases {
            let maker = FragmentMaker(version: version)
            let longest = version == .ipv4 ? 65_515 : 65_535
            let data = FragmentMaker.datagram(octets: longest)
            let feed = FragmentFeed()
            var last: FragmentObservation?
            for fragment in maker.fragments(data, at: Array(stride(from: 1480, to: longest, by: 1480))) {
                last = feed.show(fragment)
            }
            #expect(last.complete?.octets == maker.whole(data))
            #expect(last.complete?.decode().stop == nil)
        }
    }

    // MARK: Cut frames

    @Test(arguments: FragmentMaker.Version.allCases)
    func cutBySnapshotLength(version: FragmentMaker.Version) throws {
        let maker = FragmentMaker(version: version)
        let data = FragmentMaker.datagram(octets: 300)
        let fragments = maker.fragments(data, at: [104, 200])
        let headers = fragments[0].count - 104
        let feed = FragmentFeed()
        feed.show(fragments[2], capturedLength: headers + 50)
        feed.show(fragments[0])
        let datagram = try #require(feed.show(fragments[1], capturedLength: headers + 40).complete)
        let whole = maker.whole(data)
        #expect(datagram.originalLength == whole.count)
        #expect(datagram.octets == Array(whole.prefix(whole.count - 300 + 104 + 40)))
        #expect(datagram.decode().payload.count == 104 + 40 - 8)
        #expect(datagram.decode().payloadLength == 292)
    }

    @Test(arguments: FragmentMaker.Version.allCases)
    func headersCut(version: FragmentMaker.Version) {
        let fragment = FragmentMaker(version: version).fragment(0, [UInt8](repeating: 1, count: 64), more: true)
        for length in 0...fragment.count {
            let observation = FragmentFeed().show(fragment, capturedLength: length)
            let headers = fragment.count - 64
            if length >= headers {
                #expect(observation.isHeld)
            } else {
                #expect(observation == nil || observation.refused == .headersCut)
            }
        }
    }

    // MARK: Malformed fragments

    @Test func unalignedLength() throws {
        let data = [UInt8](repeating: 1, count: 13)
        let ipv6 = FragmentFeed()
        #expect(ipv6.show(FragmentMaker(version: .ipv6).fragment(0, data, more: true)).refused == .unalignedLength)
        #expect(ipv6.assembler.counts.refused == 1)
        #expect(ipv6.assembler.datagramCount == 0)
        // IPv4: what passes the multiple of eight is left out.
        let ipv4 = FragmentFeed()
        let maker = FragmentMaker()
        #expect(ipv4.show(maker.fragment(0, data, more: true)).isHeld)
        let rest = ipv4.show(maker.fragment(8, [2, 2], more: false))
        #expect(rest.complete?.octets == maker.whole([UInt8](repeating: 1, count: 8) + [2, 2]))
    }

    @Test(arguments: FragmentMaker.Version.allCases)
    func lengthBeyondTheFrame(version: FragmentMaker.Version) {
        var fragment = FragmentMaker(version: version).fragment(0, [UInt8](repeating: 1, count: 64), more: true)
        fragment.removeLast(8)
        #expect(FragmentFeed().show(fragment).refused == .malformedLength)
    }

    @Test(arguments: FragmentMaker.Version.allCases)
    func emptyFragment(version: FragmentMaker.Version) throws {
        let maker = FragmentMaker(version: version)
        for (offset, more) in [(0, true), (64, true), (64, false)] {
            let feed = FragmentFeed()
            feed.show(maker.fragment(0, [UInt8](repeating: 1, count: 64), more: true))
            let discarded = try #require(feed.show(maker.fragment(offset, [], more: more)).discarded)
            #expect(discarded.reason == .emptyFragment)
            #expect(discarded.frames == [1, 2])
            #expect(feed.assembler.memory == 0)
        }
    }

    /// The "ping of death": the last fragment ends beyond what an IP packet can hold.
    @Test(arguments: FragmentMaker.Version.allCases)
    func beyondMaximumLength(version: FragmentMaker.Version) throws {
        let maker = FragmentMaker(version: version)
        let first = version == .ipv4 ? 65_512 : 65_528
        for (octets, isTooLong) in [(version == .ipv4 ? 3 : 7, false), (version == .ipv4 ? 4 : 8, true)] {
            let feed = FragmentFeed()
            feed.show(maker.fragment(0, [UInt8](repeating: 1, count: 1480), more: true))
            let last = feed.show(maker.fragment(first, [UInt8](repeating: 1, count: octets), more: false))
            #expect(last.isHeld == !isTooLong)
            #expect(last.discarded?.reason == (isTooLong ? .beyondMaximumLength : nil))
        }
    }

    /// The part before the fragment header counts too: the packet would be longer than its length field can say.
    @Test func beyondMaximumLengthWithExtensionHeaders() {
        let maker = FragmentMaker(version: .ipv6, hasHopByHop: true)
        #expect(FragmentFeed().show(maker.fragment(65_520, [UInt8](repeating: 1, count: 7), more: false)).isHeld)
        let observation = FragmentFeed().show(maker.fragment(65_520, [UInt8](repeating: 1, count: 8), more: false))
        #expect(observation.discarded?.reason == .beyondMaximumLength)
    }

    @Test(arguments: FragmentOverlapPolicy.allCases)
    func conflictingLengths(policy: FragmentOverlapPolicy) {
        let maker = FragmentMaker()
        let shapes: [[(offset: Int, octets: Int, more: Bool)]] = [
            // Two ends, the second further, the second nearer; octets beyond the end, before it came and after.
            [(16, 8, false), (24, 8, false)],
            [(24, 8, false), (16, 8, false)],
            [(32, 8, true), (16, 8, false)],
            [(16, 8, false), (32, 8, true)],
            // The "teardrop": the last fragment ends within the first.
            [(0, 40, true), (24, 4, false)],
        ]
        for shape in shapes {
            let feed = FragmentFeed(policy)
            let first = maker.fragment(
                shape[0].offset, [UInt8](repeating: 1, count: shape[0].octets), more: shape[0].more)
            let second = maker.fragment(
                shape[1].offset, [UInt8](repeating: 2, count: shape[1].octets), more: shape[1].more)
            #expect(feed.show(first).isHeld)
            let discarded = feed.show(second).discarded
            #expect(discarded?.reason == .conflictingLength)
            #expect(discarded?.frames == [1, 2])
            #expect(feed.assembler.counts.discarded == 1)
        }
    }
}
