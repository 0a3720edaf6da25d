import PacketDecode
import SocketEvents
import Testing

@Suite("The meter of a bulk test")
struct StreamMeterTests {
    private static let origin = Timestamp(nanosecondsSinceEpoch: 1_000_000_000_000)
    private static let ends: [(local: Endpoint, peer: Endpoint)] = [
        (.unspecified, .unspecified), (.unspecified, .unspecified),
    ]

    private func sample(_ octets: Int, resends: UInt32) -> StreamMeter.Sample {
        var info = TCPInfo()
        info.totalRetransmissions = resends
        info.congestionWindow = 10
        info.sendMaximumSegmentSize = 1448
        info.roundTripTime = 51
        return StreamMeter.Sample(octets: octets, info: info)
    }

    private func moment(_ seconds: Double) -> Timestamp { Self.origin.advanced(by: Int64(seconds * 1e9)) }

    private func figures(_ report: TrafficReport) -> StreamFigures? {
        guard case .stream(let figures) = report.figures else { return nil }
        return figures
    }

    @Test("Intervals tell what changed, totals all, and the sum of several streams stands below them")
    func sender() {
        var meter = StreamMeter(
            ends: Self.ends, first: [sample(0, resends: 1), sample(0, resends: 0)], isSender: true, manner: .blocking,
            origin: Self.origin, interval: 1_000_000_000)
        let first = meter.closeInterval(at: moment(1), [sample(1000, resends: 3), sample(500, resends: 0)])
        #expect(first.map(\.octets) == [1000, 500, 1500])
        #expect(first.map(\.stream) == [1, 2, nil])
        #expect(first.compactMap(figures).map(\.retransmissions) == [2, 0, 2])
        #expect(figures(first[0])?.congestionWindow == 14480)
        #expect(figures(first[0])?.roundTripTime == 51_000)
        #expect(first[0].bitsPerSecond == 8000)
        #expect(meter.due == 2_000_000_000)
        let (rest, totals) = meter.finish(at: moment(1.5), [sample(1600, resends: 4), sample(500, resends: 1)])
        #expect(rest.map(\.octets) == [600, 0, 600])
        #expect(totals.map(\.octets) == [1600, 500, 2100])
        #expect(totals.compactMap(figures).map(\.retransmissions) == [3, 1, 4])
        #expect(totals.allSatisfy { $0.extent == .total && $0.role == .sender })
        #expect(meter.reports.count == 6)
    }

    @Test("A receiver has no resends, an idle rest no interval, and a late look no empty intervals")
    func receiver() {
        var meter = StreamMeter(
            ends: [Self.ends[0]], first: [sample(0, resends: 0)], isSender: false, manner: .async, origin: Self.origin,
            interval: 1_000_000_000)
        let late = meter.closeInterval(at: moment(3.2), [sample(100, resends: 0)])
        #expect(late.count == 1)
        #expect(figures(late[0])?.retransmissions == nil)
        #expect(figures(late[0])?.roundTripTime == 51_000)
        #expect(meter.due == 4_000_000_000)
        let (rest, totals) = meter.finish(at: moment(3.4), [sample(100, resends: 0)])
        #expect(rest.isEmpty)
        #expect(totals.map(\.octets) == [100])
    }

    @Test("What came before the test was told of counts in its first interval: intervals add up to the total")
    func early() {
        var meter = StreamMeter(
            ends: [Self.ends[0]], first: [sample(500, resends: 0)], isSender: false, manner: .async,
            origin: Self.origin, interval: 1_000_000_000)
        let first = meter.closeInterval(at: moment(1), [sample(700, resends: 0)])
        let (rest, totals) = meter.finish(at: moment(1.5), [sample(900, resends: 0)])
        #expect((first + rest).map(\.octets) == [700, 200])
        #expect(totals.map(\.octets) == [900])
    }

    @Test("What is omitted is told apart, and time and totals count from its end")
    func omitted() {
        var meter = StreamMeter(
            ends: [Self.ends[0]], first: [sample(0, resends: 1)], isSender: true, manner: .blocking,
            origin: Self.origin, interval: 1_000_000_000, isOmitting: true)
        let slow = meter.closeInterval(at: moment(1), [sample(100, resends: 2)])
        let last = meter.beginMeasuring(at: moment(1.5), [sample(200, resends: 4)])
        #expect((slow + last).map(\.extent) == [.omitted, .omitted])
        #expect((slow + last).map(\.octets) == [100, 100])
        #expect(meter.origin == moment(1.5) && meter.due == 1_000_000_000)
        #expect(meter.beginMeasuring(at: moment(1.6), [sample(200, resends: 4)]).isEmpty)
        let first = meter.closeInterval(at: moment(2.5), [sample(1200, resends: 5)])
        let (rest, totals) = meter.finish(at: moment(3), [sample(1500, resends: 6)])
        #expect((first + rest).map(\.octets) == [1000, 300])
        #expect((first + rest).allSatisfy { $0.extent == .interval && $0.origin == moment(1.5) })
        #expect(totals.map(\.octets) == [1300])
        #expect(totals.compactMap(figures).map(\.retransmissions) == [2])
    }
}
