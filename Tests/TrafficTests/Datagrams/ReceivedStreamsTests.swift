import PacketDecode
import SocketEvents
import Testing

@Suite("Streams told apart by sender, and their reports")
struct ReceivedStreamsTests {
    private static let origin = Timestamp(seconds: 1_764_000_000, nanoseconds: 0)

    private func streams(_ interval: Int64? = nil, limit: Int = 1024) -> ReceivedStreams {
        ReceivedStreams(
            manner: .async, local: Endpoint(address: .v4(.loopback), port: 7000), width: .bits32, interval: interval,
            limit: limit)
    }

    private func sender(_ port: UInt16) -> SocketAddress {
        SocketAddress(Endpoint(address: .v4(.loopback), port: port))
    }

    private func observe(
        _ number: UInt64, from port: UInt16, at milliseconds: Int64, by streams: inout ReceivedStreams
    ) {
        var octets = [UInt8](repeating: 0, count: 20)
        let time = Self.origin.advanced(by: milliseconds * 1_000_000)
        DatagramNumber(sent: time, number: number).encode(into: &octets, width: .bits32)
        let answer = streams.observe(
            ArrivedDatagram(sender: sender(port), datagramLength: 20, arrival: time), octets.span)
        #expect(answer == nil)
    }

    private func counts(_ report: TrafficReport) -> DatagramCounts {
        guard case .datagrams(let figures) = report.figures else { return DatagramCounts() }
        return figures.counts
    }

    @Test("A datagram counts in the interval in which it arrived, and intervals add up to the total")
    func intervals() {
        var streams = streams(1_000_000_000)
        var reports: [TrafficReport] = []
        // One each 100 ms for 5 s; the tenth and the thirteenth are missing, and the tenth comes in the second second.
        for index in 0..<50 as Range<Int64> where index != 9 && index != 12 {
            observe(UInt64(index + 1), from: 1, at: index * 100, by: &streams)
            if index == 13 { observe(10, from: 1, at: 1350, by: &streams) }
            reports += streams.takeReports()
        }
        streams.closeIntervals(at: Self.origin.advanced(by: 5_000_000_000))
        reports += streams.takeReports()
        let own = reports.filter { $0.stream == 1 }
        #expect(own.map { counts($0).datagrams } == [9, 10, 10, 10, 10])
        #expect(own.map { counts($0).lost } == [0, 1, 0, 0, 0])
        #expect(own.map { counts($0).outOfOrder } == [0, 1, 0, 0, 0])
        #expect(own.map { $0.start } == (0..<5).map { Self.origin.advanced(by: $0 * 1_000_000_000) })
        #expect(reports.filter { $0.stream == nil }.count == 5)
        let sum = own.reduce(DatagramCounts()) { $0.adding(counts($1)) }
        let total = streams.totals.first.map(counts)
        #expect(sum == total)
        #expect(total?.lost == 1)
    }

    @Test("Senders beyond the limit are counted and not told apart")
    func limit() {
        var streams = streams(limit: 2)
        for port in 1...5 as ClosedRange<UInt16> { observe(1, from: port, at: 0, by: &streams) }
        #expect(streams.totals.count == 3)
        #expect(streams.others.datagrams == 3)
        #expect(streams.sum.datagrams == 5)
    }

    @Test("A sender that asks hears what came of its own, with what is missing at the end")
    func question() throws {
        var streams = streams()
        for number in [1, 2, 4] as [UInt64] { observe(number, from: 1, at: Int64(number), by: &streams) }
        observe(1, from: 2, at: 9, by: &streams)
        let question = StreamEnd(last: 6).encoded(sent: Self.origin, width: .bits32)
        func ask(_ port: UInt16) -> [UInt8]? {
            streams.observe(
                ArrivedDatagram(sender: sender(port), datagramLength: question.count, arrival: Self.origin),
                question.span)
        }
        let answer = try #require(ask(1))
        // Asked twice, for the first answer may be lost, it says the same.
        #expect(ask(1) == answer)
        #expect(ask(3) == nil)
        let heard = PeerReport(decoding: answer.span)
        #expect(heard?.counts.total == 6 && heard?.counts.lost == 3 && heard?.counts.datagrams == 3)
        #expect(streams.sum.datagrams == 4)
    }

    @Test("What the kernel dropped stands in the sum, interval by interval, though its counter goes round")
    func drops() {
        var streams = streams(1_000_000_000)
        observe(1, from: 1, at: 0, by: &streams)
        streams.noteDrops(5)
        observe(2, from: 1, at: 1100, by: &streams)
        streams.noteDrops(5)
        observe(3, from: 1, at: 2100, by: &streams)
        let sums = streams.takeReports().filter { $0.stream == nil }
        let dropped = sums.map { report -> UInt64? in
            guard case .datagrams(let figures) = report.figures else { return nil }
            return figures.droppedByKernel
        }
        #expect(dropped == [5, 0])
        streams.noteDrops(.max)
        streams.noteDrops(2)
        guard case .datagrams(let figures)? = streams.totals.last?.figures else {
            Issue.record("no sum")
            return
        }
        #expect(figures.droppedByKernel == (1 << 32) + 2)
    }

    @Test("Nothing has no totals")
    func nothing() {
        var streams = streams(1_000_000_000)
        streams.closeIntervals(at: Self.origin)
        let reports = streams.takeReports()
        #expect(reports.isEmpty && streams.totals.isEmpty)
    }
}
