/// A congestion window over time as a picture: the window, the slow-start threshold, and what is in flight.
public struct PlotSVG: Sendable {
    public let title: String
    private let series: CongestionSeries

    private typealias Point = SVGDrawing.Point

    private static let width = 1000.0
    private static let height = 520.0
    private static let left = 76.0
    private static let right = 970.0
    private static let top = 100.0
    private static let bottom = 450.0

    public init(title: String, _ series: CongestionSeries) {
        self.title = title
        self.series = series
    }

    /// The title with what would act on a reader escaped.
    private var safeTitle: [UInt8] {
        var text = OutputBuffer(capacity: 64)
        text.append(escaping: title)
        return text.bytes
    }

    /// Appends the picture; without a course to draw it holds axes alone.
    public func append(to buffer: inout OutputBuffer) {
        let scaleTop = series.scaleTop
        let duration = Double(max(series.duration, 1))
        func point(_ time: Int64, _ figure: Double) -> Point {
            Point(
                x: Self.left + (Self.right - Self.left) * Double(time) / duration,
                y: Self.bottom - (Self.bottom - Self.top) * figure / scaleTop)
        }
        var drawing = SVGDrawing()
        drawing.title(safeTitle, at: Point(x: 24, y: 40), size: 22, width: Self.width - 48, colour: "#1f2937")
        drawAxes(scaleTop, &drawing, point)

        let inFlight = steps { $0.inFlight }
        for run in inFlight {
            guard let first = run.first, let last = run.last else { continue }
            let outline = [point(first.0, 0)] + run.map { point($0.0, $0.1) } + [point(last.0, 0)]
            drawing.polygon(outline, fill: "#93c5fd", opacity: 0.45)
        }
        let threshold = steps { $0.threshold }
        for run in threshold {
            drawing.polyline(run.map { point($0.0, $0.1) }, colour: "#c026d3", width: 1.8, dashes: "7 5")
        }
        for run in steps({ $0.window }) {
            drawing.polyline(run.map { point($0.0, $0.1) }, colour: "#1d4ed8", width: 2.4)
        }

        var x = Self.left
        let legend = [
            ("congestion window", "#1d4ed8", true), ("slow-start threshold", "#c026d3", !threshold.isEmpty),
            ("in flight", "#93c5fd", !inFlight.isEmpty),
        ]
        for (text, colour, isShown) in legend where isShown {
            drawing.rectangle(Point(x: x, y: 62), width: 22, height: 8, radius: 2, fill: colour)
            drawing.text(Array(text.utf8), at: Point(x: x + 29, y: 71), size: 13, colour: "#1f2937", hasHalo: false)
            x += 29 + Double(text.count) * 7.4 + 26
        }
        drawing.append(title: safeTitle, width: Self.width, height: Self.height, to: &buffer)
    }

    /// A figure's course, as runs without a hole: it stands until the next answer.
    private func steps(_ figure: (CongestionSeries.Sample) -> Double?) -> [[(Int64, Double)]] {
        var runs: [[(Int64, Double)]] = []
        var run: [(Int64, Double)] = []
        for sample in series.samples {
            if let before = run.last { run.append((sample.time, before.1)) }
            guard let value = figure(sample) else {
                if !run.isEmpty { runs.append(run) }
                run = []
                continue
            }
            run.append((sample.time, value))
        }
        if !run.isEmpty { runs.append(run) }
        return runs
    }

    private func drawAxes(
        _ scaleTop: Double, _ drawing: inout SVGDrawing, _ point: (Int64, Double) -> Point
    ) {
        for step in 0...4 {
            let figure = scaleTop * Double(step) / 4
            let y = point(0, figure).y
            drawing.line(
                Point(x: Self.left, y: y), Point(x: Self.right, y: y), colour: step == 0 ? "#1f2937" : "#e5e7eb")
            var text = OutputBuffer(capacity: 16)
            text.append(tenths: figure)
            drawing.text(
                text.bytes, at: Point(x: Self.left - 8, y: y + 4), size: 12, colour: "#6b7280", anchor: .end,
                hasHalo: false)
        }
        for time in series.timeMarks {
            let x = point(time, 0).x
            drawing.line(Point(x: x, y: Self.bottom), Point(x: x, y: Self.bottom + 6), colour: "#1f2937")
            var text = OutputBuffer(capacity: 16)
            text.append(tenths: Double(time) / 1e6)
            drawing.text(
                text.bytes, at: Point(x: x, y: Self.bottom + 22), size: 12, colour: "#6b7280", anchor: .middle,
                hasHalo: false)
        }
        drawing.text(
            Array("milliseconds".utf8), at: Point(x: (Self.left + Self.right) / 2, y: Self.bottom + 46), size: 13,
            colour: "#6b7280", anchor: .middle, hasHalo: false)
        drawing.text(
            Array("segments".utf8), at: Point(x: 24, y: (Self.top + Self.bottom) / 2), size: 13, colour: "#6b7280",
            anchor: .middle, degrees: -90, hasHalo: false)
    }
}
