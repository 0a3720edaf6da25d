import PacketDecode
import SocketEvents
import TestSupport
import Testing

@Suite("What has arrived of one sender")
struct DatagramStreamTests {
    private static func datagram(_ number: UInt64, sent: Int64, length: Int = 20) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: length)
        DatagramNumber(sent: Timestamp(nanosecondsSinceEpoch: sent), number: number)
            .encode(into: &octets, width: .bits32)
        return octets
    }

    @Test("Jitter is RFC 3550's: the time on the way differs by 1 ms, once")
    func jitter() {
        let start = Timestamp(nanosecondsSinceEpoch: 1_000_000_000)
        var stream = DatagramStream(first: start, width: .bits32)
        // Sent each 10 ms by a clock an hour ahead; the third is 1 ms late.
        let offset: Int64 = 3_600_000_000_000
        for (number, late) in [(1, 0), (2, 0), (3, 1), (4, 1)] as [(UInt64, Int64)] {
            let sent = Int64(number) * 10_000_000
            let octets = Self.datagram(number, sent: offset + sent)
            stream.observe(
                octets.span, length: octets.count, arrival: start.advanced(by: sent + late * 1_000_000))
        }
        // 1 ms / 16 after the third, 15/16 of that after the fourth.
        #expect(stream.jitter == 58_593)
        #expect(stream.counts.datagrams == 4 && stream.counts.octets == 80 && stream.counts.lost == 0)
    }

    @Test("Octets that the buffer could not hold, and datagrams without room for a number, are told")
    func cut() {
        let start = Timestamp(nanosecondsSinceEpoch: 0)
        var stream = DatagramStream(first: start, width: .bits32)
        stream.observe(Self.datagram(1, sent: 0).span, length: 100, arrival: start)
        stream.observe([1, 2, 3].span, length: 3, arrival: start)
        let counts = stream.counts
        #expect(counts.lostOctets == 80 && counts.octets == 23)
        #expect(counts.datagrams == 2 && counts.distinct == 1 && counts.unplaced == 1)
    }

    @Test("Any octets are taken")
    func robust() {
        var generator = SeededGenerator(seed: 3)
        for width in [DatagramNumber.Width.bits32, .bits64] {
            var stream = DatagramStream(first: Timestamp(nanosecondsSinceEpoch: 0), width: width)
            for _ in 0..<5000 {
                let length = Int.random(in: 0...24, using: &generator)
                let octets = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
                stream.observe(
                    octets.span, length: length,
                    arrival: Timestamp(nanosecondsSinceEpoch: .random(in: .min ... .max, using: &generator)))
            }
            #expect(stream.counts.datagrams == 5000)
            #expect(stream.counts.distinct + stream.counts.doubled + stream.counts.unplaced == 5000)
        }
    }
}
