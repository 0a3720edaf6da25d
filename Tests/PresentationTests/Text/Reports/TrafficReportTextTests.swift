import PacketDecode
import Presentation
import SocketEvents
import Testing

@Suite("Reports as iperf3's users know them")
struct TrafficReportTextTests {
    private static let origin = Timestamp(seconds: 1_764_000_000, nanoseconds: 0)

    private func report(
        _ figures: TrafficReport.Figures, role: SocketRole = .receiver, extent: TrafficReport.Extent = .interval,
        stream: Int? = 5, from start: Double = 0, to end: Double = 1
    ) -> TrafficReport {
        TrafficReport(
            role: role, manner: .blocking, extent: extent, stream: stream, origin: Self.origin,
            start: Self.origin.advanced(by: Int64(start * 1e9)), end: Self.origin.advanced(by: Int64(end * 1e9)),
            figures: figures)
    }

    private func line(_ report: TrafficReport, columns: Int? = nil) -> String {
        var buffer = OutputBuffer()
        buffer.appendText(report, columns: columns)
        return text(buffer).joined(separator: "\n")
    }

    private func counts(
        octets: UInt64, datagrams: UInt64 = 0, total: UInt64 = 0, distinct: UInt64 = 0, doubled: UInt64 = 0,
        outOfOrder: UInt64 = 0
    ) -> DatagramCounts {
        var counts = DatagramCounts()
        (counts.octets, counts.datagrams, counts.total) = (octets, datagrams, total)
        (counts.distinct, counts.doubled, counts.outOfOrder) = (distinct, doubled, outOfOrder)
        return counts
    }

    @Test("iperf3's own lines, from its own numbers")
    func golden() {
        // What iperf3 3.12 printed of 134957 datagrams of 64 octets out of 340743 in 3 s.
        let receiver = counts(octets: 134_957 * 64, datagrams: 134_957, total: 340_743, distinct: 134_957)
        #expect(
            line(
                report(
                    .datagrams(DatagramFigures(counts: receiver, isNumbered: true, jitter: 1000)), extent: .total, to: 3
                ))
                == "[  5]   0.00-3.00   sec  8.24 MBytes  23.0 Mbits/sec  0.001 ms  205786/340743 (60%)  receiver")
        let sender = counts(octets: 98_290 * 64, datagrams: 98_290)
        #expect(
            line(report(.datagrams(DatagramFigures(counts: sender)), role: .sender, from: 1.01, to: 2))
                == "[  5]   1.01-2.00   sec  6.00 MBytes  50.8 Mbits/sec  98290")
    }

    @Test("What is doubled, late or dropped has a word; what is not, none")
    func words() {
        let figures = DatagramFigures(
            counts: counts(octets: 128, total: 1000, distinct: 999, doubled: 2, outOfOrder: 3), isNumbered: true,
            jitter: 58_593,
            droppedByKernel: 4)
        #expect(
            line(report(.datagrams(figures), stream: nil, from: 9, to: 10))
                == "[SUM]   9.00-10.00  sec   128 Bytes  1.02 Kbits/sec  0.059 ms  1/1000 (0.1%)  2 doubled"
                + "  3 out of order  4 dropped by the kernel")
    }

    @Test("A line keeps to a terminal's columns", arguments: [60, 80])
    func folded(columns: Int) {
        let figures = DatagramFigures(
            counts: counts(octets: 128, total: 100_000, distinct: 99_999, doubled: 2, outOfOrder: 3), isNumbered: true,
            jitter: 58_593)
        let lines = line(report(.datagrams(figures)), columns: columns).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.count <= columns })
    }

    @Test(
        "Shares have two figures",
        arguments: [
            (0, 4, "0"), (1, 3, "33"), (1, 100, "1"), (1, 1000, "0.1"), (1, 30_000, "0.0033"), (999, 1000, "100"),
            (4, 4, "100"), (95, 1000, "9.5"),
        ] as [(UInt64, UInt64, String)])
    func shares(lost: UInt64, total: UInt64, percent: String) {
        let figures = DatagramFigures(
            counts: counts(octets: 0, total: total, distinct: total - lost), isNumbered: true, jitter: 0)
        #expect(line(report(.datagrams(figures))).hasSuffix("  \(lost)/\(total) (\(percent)%)"))
    }

    @Test("More late than missed is negative")
    func negative() {
        let figures = DatagramFigures(counts: counts(octets: 0, total: 10, distinct: 12), isNumbered: true, jitter: 0)
        #expect(line(report(.datagrams(figures))).hasSuffix("  -2/10 (-20%)"))
    }

    @Test("A stream of octets has resends and a congestion window")
    func stream() {
        let figures = StreamFigures(octets: 4_294_967_296, retransmissions: 12, congestionWindow: 1_174_405)
        #expect(
            line(report(.stream(figures), role: .client))
                == "[  5]   0.00-1.00   sec  4.00 GBytes  34.4 Gbits/sec   12   1.12 MBytes")
    }

    @Test("A round trip stands beside the window, and alone at a receiver; totals have resends alone")
    func roundTrip() {
        var figures = StreamFigures(
            octets: 4_294_967_296, retransmissions: 12, congestionWindow: 1_174_405, roundTripTime: 51_000)
        #expect(
            line(report(.stream(figures), role: .sender))
                == "[  5]   0.00-1.00   sec  4.00 GBytes  34.4 Gbits/sec   12   1.12 MBytes  0.05 ms")
        #expect(
            line(report(.stream(figures), role: .sender, extent: .total))
                == "[  5]   0.00-1.00   sec  4.00 GBytes  34.4 Gbits/sec   12     sender")
        figures.retransmissions = nil
        figures.congestionWindow = nil
        #expect(
            line(report(.stream(figures)))
                == "[  5]   0.00-1.00   sec  4.00 GBytes  34.4 Gbits/sec  0.05 ms")
        #expect(
            line(report(.stream(figures), extent: .total))
                == "[  5]   0.00-1.00   sec  4.00 GBytes  34.4 Gbits/sec          receiver")
    }

    @Test("Headings name the columns, and nothing trails")
    func headings() {
        func heading(_ report: TrafficReport) -> String {
            var buffer = OutputBuffer()
            buffer.appendHeading(for: report)
            return text(buffer).joined()
        }
        let numbered = report(.datagrams(DatagramFigures(counts: DatagramCounts(), isNumbered: true, jitter: 0)))
        #expect(
            heading(numbered)
                == "[ ID] Interval           Transfer     Bitrate         Jitter    Lost/Total Datagrams")
        let sender = report(.datagrams(DatagramFigures(counts: DatagramCounts())), role: .sender)
        #expect(heading(sender) == "[ ID] Interval           Transfer     Bitrate         Total Datagrams")
        #expect(
            heading(report(.stream(StreamFigures(octets: 0)))) == "[ ID] Interval           Transfer     Bitrate")
    }
}
