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

    @Test func writeIt() throws {
        for columns in [80, 120] {
            var buffer = OutputBuffer()
            TextPlot(CongestionSeries(Self.events), columns: columns).append(to: &buffer)
            print(String(decoding: buffer.bytes, as: UTF8.self))
        }
        var buffer = OutputBuffer()
        PlotSVG(title: "Slow start and congestion avoidance", CongestionSeries(Self.events)).append(to: &buffer)
        try Data(buffer.bytes).write(to: URL(filePath: "/tmp/plot.svg"))
        buffer = OutputBuffer()
        LadderSVG(title: "A lost segment", entries: TwoHosts.aLostSegment.sorted).append(to: &buffer)
        try Data(buffer.bytes).write(to: URL(filePath: "/tmp/ladder.svg"))
    }
}
