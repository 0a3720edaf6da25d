import PacketDecode
import SocketEvents
import TestSupport
import Testing

@Suite("What sender and receiver tell each other at a stream's end")
struct PeerReportTests {
    private let now = Timestamp(seconds: 1_764_000_000, nanoseconds: 5_000)

    private func end(_ octets: [UInt8], _ width: DatagramNumber.Width) -> StreamEnd? {
        StreamEnd(decoding: octets.span, width: width)
    }

    private func heard(_ octets: [UInt8]) -> PeerReport? { PeerReport(decoding: octets.span) }

    @Test("An end survives the way, and is no datagram's number", arguments: DatagramNumber.Width.allCases)
    func end(width: DatagramNumber.Width) {
        let octets = StreamEnd(last: 1 << 40).encoded(sent: now, width: width)
        #expect(end(octets, width) == StreamEnd(last: 1 << 40))
        #expect(octets.count == width.headLength + 16)
        #expect(end(octets + [0], width) == nil && end(Array(octets.dropLast()), width) == nil)
        var numbered = octets
        DatagramNumber(sent: now, number: 1).encode(into: &numbered, width: width)
        #expect(end(numbered, width) == nil)
        for index in width.headLength..<width.headLength + 8 {
            var other = octets
            other[index] ^= 1
            #expect(end(other, width) == nil)
        }
    }

    @Test("A report survives the way")
    func report() {
        var counts = DatagramCounts()
        (counts.datagrams, counts.octets, counts.lostOctets, counts.total) = (1, 2, 3, 4)
        (counts.distinct, counts.doubled, counts.outOfOrder, counts.unplaced) = (5, 6, 7, UInt64.max)
        let report = PeerReport(counts: counts, jitter: 58_593, first: now, last: now.advanced(by: 1_000_000_007))
        let octets = report.encoded
        #expect(heard(octets) == report)
        #expect(heard(Array(octets.dropLast())) == nil)
        #expect(heard([UInt8](repeating: 0, count: octets.count)) == nil)
    }

    @Test("Any octets are taken")
    func robust() {
        var generator = SeededGenerator(seed: 8)
        let lengths = [0, 8, 28, 32, 96]
        for _ in 0..<5000 {
            let length = lengths.randomElement(using: &generator) ?? 0
            var octets = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            octets.replaceSubrange(0..<min(8, length), with: Array("ww:heard".utf8).prefix(length))
            _ = heard(octets)
            #expect(end(octets, .bits32) == nil && end(octets, .bits64) == nil)
        }
    }
}
