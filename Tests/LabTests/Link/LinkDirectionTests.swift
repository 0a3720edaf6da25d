import PacketDecode
import Testing
import Timeline

@testable import Lab

/// A TCP segment with so many octets of data, in an Ethernet frame.
private func segment(octets: Int) -> [UInt8] {
    FrameBuilder(
        link: .ethernet(
            EthernetHeader(
                destination: MACAddress(rawValue: 0x0200_0000_0002), source: MACAddress(rawValue: 0x0200_0000_0001),
                typeOrLength: 0)),
        network: .ipv4(IPv4Header(source: IPv4Address(10, 7, 0, 1), destination: IPv4Address(10, 7, 0, 2))),
        transport: .tcp(TCPHeader(sourcePort: 40000, destinationPort: 7000, flags: .ack)),
        payload: [UInt8](repeating: 0x61, count: octets)
    ).encode()
}

private let arp: [UInt8] = {
    let link = MACAddress(rawValue: 0x0200_0000_0001)
    let addresses = ARPMessage.Addresses(
        senderHardwareAddress: link, senderProtocolAddress: IPv4Address(10, 7, 0, 1),
        targetHardwareAddress: MACAddress(rawValue: 0), targetProtocolAddress: IPv4Address(10, 7, 0, 2))
    return FrameBuilder(
        link: .ethernet(EthernetHeader(destination: .broadcast, source: link, typeOrLength: 0)),
        network: .arp(ARPMessage(operation: .request, addresses: addresses))
    ).encode()
}()

private func decoded(_ frame: [UInt8]) -> DecodedPacket { PacketDecoder(linkType: .ethernet).decode(frame.span) }

private func at(_ microseconds: Int64) -> Timestamp { Timestamp(nanosecondsSinceEpoch: microseconds * 1000) }

private func impairment(_ change: (inout LinkImpairment) -> Void) -> LinkImpairment {
    var impairment = LinkImpairment()
    change(&impairment)
    return impairment
}

/// Sends frames through, a millisecond apart, and returns the fates, and the numbers in the order of their leaving.
private func run(
    _ impairment: LinkImpairment, seed: UInt64, frames: [[UInt8]]
) -> (fates: [FrameFate], departures: [UInt64]) {
    var direction = LinkDirection(impairment, seed: seed)
    var fates: [FrameFate] = []
    var departures: [UInt64] = []
    for (index, frame) in frames.enumerated() {
        let now = at(Int64(index) * 1000)
        while let departure = direction.release(now: now) { departures.append(departure.number) }
        fates.append(direction.take(decoded(frame), frame.span, at: now))
    }
    while let due = direction.nextDue, let departure = direction.release(now: due) {
        departures.append(departure.number)
    }
    return (fates, departures)
}

@Suite struct LinkDirectionTests {
    @Test func aCleanLinkDeliversEachFrameAtOnce() {
        let (fates, departures) = run(LinkImpairment(), seed: 1, frames: (0..<5).map { segment(octets: $0) })
        #expect(departures == [1, 2, 3, 4, 5])
        #expect(fates.map(\.verdict) == (0..<5).map { .delivered(first: at($0 * 1000), second: nil) })
        #expect(fates.map(\.kind) == [.emptySegment, .dataSegment, .dataSegment, .dataSegment, .dataSegment])
    }

    @Test func holdsAFrameForTheDelayToTheNanosecond() {
        var direction = LinkDirection(impairment { $0.delay = 5_000_000 }, seed: 1)
        let frame = segment(octets: 1)
        _ = direction.take(decoded(frame), frame.span, at: at(0))
        #expect(direction.nextDue == at(5000))
        #expect(direction.release(now: Timestamp(nanosecondsSinceEpoch: 4_999_999)) == nil)
        let departure = direction.release(now: at(5000))
        #expect(departure?.number == 1)
        #expect(departure?.bytes == segment(octets: 1))
        #expect(direction.nextDue == nil)
    }

    @Test(arguments: [UInt64(1), 2, 3]) func theSameSeedGivesTheSameFates(seed: UInt64) {
        let lossy = impairment {
            $0.loss = 0.3
            $0.jitter = 500_000
            $0.reorder = 0.1
            $0.duplicate = 0.1
        }
        let frames = (0..<300).map { segment(octets: $0 % 3) }
        let (first, second) = (run(lossy, seed: seed, frames: frames), run(lossy, seed: seed, frames: frames))
        #expect(first.fates == second.fates)
        #expect(first.departures == second.departures)
        #expect(run(lossy, seed: seed + 1000, frames: frames).fates != first.fates)
    }

    /// Whether a frame is spared changes nothing for those behind it.
    @Test func drawsTheSameNumbersWhateverTheFrameIs() {
        let lossy = impairment { $0.loss = 0.5 }
        let data = run(
            lossy, seed: 7, frames: [segment(octets: 1)] + [[UInt8]](repeating: segment(octets: 9), count: 50))
        let noise = run(lossy, seed: 7, frames: [arp] + [[UInt8]](repeating: segment(octets: 9), count: 50))
        #expect(data.fates.dropFirst().map(\.verdict) == noise.fates.dropFirst().map(\.verdict))
    }

    @Test func dropsTheShareThatItIsTold() {
        let frames = [[UInt8]](repeating: segment(octets: 100), count: 4000)
        let dropped = run(impairment { $0.loss = 0.2 }, seed: 11, frames: frames).fates
            .filter { $0.verdict == .dropped(.loss) }.count
        // Five standard deviations either side of 800: with this seed it is one number, and always the same.
        #expect((674...926).contains(dropped))
        #expect(run(impairment { $0.loss = 1 }, seed: 11, frames: frames).departures.isEmpty)
        #expect(run(impairment { $0.loss = 0 }, seed: 11, frames: frames).departures.count == 4000)
    }

    @Test func neverDropsNeighborDiscoveryAndSparesEmptySegmentsWhereTold() {
        let all = impairment { $0.loss = 1 }
        #expect(run(all, seed: 1, frames: [arp, segment(octets: 0), segment(octets: 5)]).departures == [1])
        let sparing = impairment {
            $0.loss = 1
            $0.sparesEmptySegments = true
        }
        #expect(run(sparing, seed: 1, frames: [arp, segment(octets: 0), segment(octets: 5)]).departures == [1, 2])
    }

    @Test func anOvertakenFrameLeavesBehindThoseThatOvertookIt() {
        let always = impairment {
            $0.reorder = 1
            $0.reorderDelay = 2_500_000
        }
        var direction = LinkDirection(always, seed: 1)
        let frame = segment(octets: 1)
        let fate = direction.take(decoded(frame), frame.span, at: at(0))
        #expect(fate.verdict == .overtaken(at: at(2500)))

        let sometimes = impairment {
            $0.reorder = 0.2
            $0.reorderDelay = 2_500_000
        }
        let (fates, departures) = run(sometimes, seed: 5, frames: (0..<200).map { _ in segment(octets: 1) })
        #expect(departures.sorted() == Array(1...200))
        let inOrder = fates.filter { if case .delivered = $0.verdict { true } else { false } }.map(\.number)
        #expect(departures.filter(inOrder.contains) == inOrder)
        #expect(departures != Array(1...200))
    }

    @Test func jitterDoesNotReorder() {
        let (_, departures) = run(
            impairment { $0.jitter = 20_000_000 }, seed: 3, frames: (0..<200).map { _ in segment(octets: 1) })
        #expect(departures == Array(1...200))
    }

    @Test func aDoubledFrameLeavesTwice() {
        let (fates, departures) = run(impairment { $0.duplicate = 1 }, seed: 1, frames: [segment(octets: 3)])
        #expect(departures == [1, 1])
        #expect(fates.map(\.verdict) == [.delivered(first: at(0), second: at(0))])
    }
}
