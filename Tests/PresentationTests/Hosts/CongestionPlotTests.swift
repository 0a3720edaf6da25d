import Foundation
import PacketDecode
import Presentation
import Testing
import Timeline

@Suite("A congestion window as a plot")
struct CongestionPlotTests {
    /// Slow start to 64, a loss, then a segment more with each round trip; 20 ms each.
    private static let events: [KernelEvent] = {
        var story = TwoHosts()
        var window: UInt32 = 10
        var threshold: UInt32 = 0x7FFF_FFFF
        for round in 0..<50 {
            story.sample(
                .a, at: Double(round) * 20, window: window, threshold: threshold, inFlight: round % 3 == 2 ? 5 : window)
            if threshold > 1000 {
                if window >= 64 {
                    threshold = 32
                    window = 32
                } else {
                    window = min(64, window * 2)
                }
            } else {
                window += 1
            }
        }
        return story.sorted.compactMap { if case .kernel(let event) = $0.event { event } else { nil } }
    }()

    private func plot(_ events: [KernelEvent], columns: Int, rows: Int = 16, isColoured: Bool = false) -> [String] {
        var buffer = OutputBuffer()
        TextPlot(CongestionSeries(events), columns: columns, rows: rows, isColoured: isColoured).append(to: &buffer)
        return text(buffer)
    }

    @Test("At 80 columns")
    func asText() {
        #expect(
            plot(Self.events, columns: 80, rows: 8).joined(separator: "\n") == """
                 segments   ⣀⡠⠊ cwnd   ╌╌╌ ssthresh   ░░░ in flight
                   80 ┤                                                                ⢀⣀⣀⣠⠤⠤⠤⠴
                      │    ⢠⠤⡄                                           ⣀⣀⣀⡤⠤⠤⠤⠖⠒⠒⠋⠉⠉⠉⠉ ░░░  ░
                      │    ⢸░⡇                            ⢀⣀⣀⡤⠤⠤⠤⠴⠒⠒⠚⠉⠉⠉⠉⠁░ ░░░ ░░░  ░░░ ░░░  ░
                      │    ⢸░⡇             ⢀⣀⣀⣠⠤⠤⠤⠤⠖⠒⠒⠋⠉⠉⠉⠉░░  ░░░ ░░░  ░░░ ░░░ ░░░  ░░░ ░░░  ░
                   40 ┤   ⡏⠉░⣇⣀⣀⡤⠤⠤⠤⠴⠒⠒⠚⠉⠉⠉⠉╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
                      │   ⡇ ░░░ ░░░  ░░░ ░░░ ░░░  ░░░ ░░░  ░░  ░░░ ░░░  ░░░ ░░░ ░░░  ░░░ ░░░  ░
                      │ ⢸⠉⠁ ░░░ ░░░  ░░░ ░░░ ░░░  ░░░ ░░░  ░░  ░░░ ░░░  ░░░ ░░░ ░░░  ░░░ ░░░  ░
                      │⠉⠉░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
                     0└──────────────────┴─────────────────┴─────────────────┴─────────────────
                     0.00             245.00            490.00            735.00       980.00 ms
                """)
    }

    @Test("No line is longer than the terminal's", arguments: [60, 80, 100, 120])
    func widths(columns: Int) {
        let lines = plot(Self.events, columns: columns)
        #expect(lines.count == 19)
        for line in lines { #expect(line.count <= columns, "\(line)") }
        #expect(lines.contains { $0.count == columns })
        let coloured = plot(Self.events, columns: columns, isColoured: true)
        #expect(coloured.map { $0.replacing(#/\u{1B}\[[0-9]*m/#, with: "") } == lines)
    }

    @Test("Without a course there is no plot")
    func nothing() {
        #expect(plot([], columns: 80).isEmpty)
        #expect(plot(Array(Self.events.prefix(1)), columns: 80).isEmpty)
        #expect(CongestionSeries(Self.events).isPlottable)
    }

    @Test("As a picture it is well formed and shows all three")
    func asPicture() throws {
        var buffer = OutputBuffer()
        PlotSVG(title: "Slow start <&>", CongestionSeries(Self.events)).append(to: &buffer)
        let reader = try #require(PictureReader(buffer.bytes))
        #expect(reader.texts.contains("Slow start <&>"))
        #expect(reader.elements["polyline"] == 2)
        #expect(reader.elements["polygon"] == 1)
        buffer.removeAll()
        PlotSVG(title: "Nothing", CongestionSeries([])).append(to: &buffer)
        #expect(PictureReader(buffer.bytes) != nil)
    }

    @Test("Of two connections the one that was told of most")
    func choice() {
        var story = TwoHosts()
        for index in 0..<3 { story.sample(.b, at: Double(index), window: 7, threshold: 100) }
        for index in 0..<2 { story.sample(.a, at: Double(index), window: 9, threshold: 100) }
        let events = story.sorted.compactMap { if case .kernel(let event) = $0.event { event } else { nil } }
        #expect(CongestionSeries(events).local == Endpoint(address: .v4(TwoHosts.addressB), port: 7000))
    }
}
