public import SocketEvents

/// The measurement of scale as a picture: for each load the median latency and its 99th percentile, and the server's threads,
/// blocking beside asynchronous. Scales are logarithmic.
public struct ScalePlotSVG: Sendable {
    private let rows: [ScaleFigures]

    private typealias Point = SVGDrawing.Point

    private static let width = 1000.0
    private static let height = 560.0
    private static let top = 110.0
    private static let bottom = 470.0

    public init(_ rows: [ScaleFigures]) { self.rows = rows }

    /// A load that both manners were under.
    private struct Load: Hashable {
        let connections: Int
        let busy: Int
    }

    private struct Panel {
        let title: String
        let left: Double
        let right: Double
        let unit: String
    }

    public func append(to buffer: inout OutputBuffer) {
        let title = Array("One server, many connections: blocking beside asynchronous".utf8)
        var drawing = SVGDrawing()
        drawing.text(title, at: Point(x: 24, y: 40), size: 22, colour: Self.ink, isBold: true, hasHalo: false)
        var x = 24.0
        for manner in [IOManner.blocking, .async] {
            drawing.rectangle(Point(x: x, y: 60), width: 22, height: 10, radius: 2, fill: Self.colour(manner))
            text(manner.rawValue, at: Point(x: x + 29, y: 70), size: 13, in: &drawing)
            x += 120
        }
        text("bar: p50, whisker: p99", at: Point(x: x, y: 70), size: 13, in: &drawing)
        let latency = Panel(title: "latency of an answer", left: 84, right: 640, unit: "ms")
        bars(latency, in: &drawing) { (Double($0.medianLatency) / 1e6, Double($0.highLatency) / 1e6) }
        let threads = Panel(title: "threads of the server", left: 724, right: 980, unit: "threads")
        bars(threads, perConnectionsOnly: true, in: &drawing) { (Double($0.threads), nil) }
        drawing.append(title: title, width: Self.width, height: Self.height, to: &buffer)
    }

    private static let ink = "#1f2937"
    private static let grey = "#6b7280"

    private static func colour(_ manner: IOManner) -> String { manner == .blocking ? "#ea580c" : "#1d4ed8" }

    private func text(
        _ string: String, at point: Point, size: Double = 12, anchor: SVGDrawing.Anchor = .start,
        in drawing: inout SVGDrawing
    ) {
        drawing.text(
            Array(string.utf8), at: point, size: size, colour: Self.grey, anchor: anchor, hasHalo: false)
    }

    /// Draws a group of bars for each load. `figure`: a bar's value, and its whisker's.
    private func bars(
        _ panel: Panel, perConnectionsOnly: Bool = false, in drawing: inout SVGDrawing,
        _ figure: (ScaleFigures) -> (bar: Double, whisker: Double?)
    ) {
        var loads: [Load] = []
        for row in rows {
            let load = Load(connections: row.connections, busy: row.busy)
            let isKnown = loads.contains { $0 == load || perConnectionsOnly && $0.connections == load.connections }
            if !isKnown { loads.append(load) }
        }
        loads.sort { ($0.connections, $0.busy) < ($1.connections, $1.busy) }
        let figures = rows.flatMap { row in [figure(row).bar] + (figure(row).whisker.map { [$0] } ?? []) }
        guard let lowest = figures.filter({ $0 > 0 }).min(), let highest = figures.max() else { return }
        let (low, high) = Self.decades(lowest, highest)
        func y(_ value: Double) -> Double {
            let share =
                (Self.logarithm(max(value, low)) - Self.logarithm(low))
                / max(Self.logarithm(high) - Self.logarithm(low), 1)
            return Self.bottom - (Self.bottom - Self.top) * share
        }
        var decade = low
        while decade <= high * 1.01 {
            drawing.line(
                Point(x: panel.left, y: y(decade)), Point(x: panel.right, y: y(decade)),
                colour: decade == low ? Self.ink : "#e5e7eb")
            text(
                Self.label(decade), at: Point(x: panel.left - 8, y: y(decade) + 4), anchor: .end, in: &drawing)
            decade *= 10
        }
        text("\(panel.title), \(panel.unit)", at: Point(x: panel.left, y: Self.top - 14), size: 14, in: &drawing)
        let slot = (panel.right - panel.left) / Double(max(1, loads.count))
        let barWidth = min(34, slot * 0.32)
        for (index, load) in loads.enumerated() {
            let middle = panel.left + slot * (Double(index) + 0.5)
            for (side, manner) in [IOManner.blocking, .async].enumerated() {
                guard
                    let row = rows.first(where: {
                        $0.manner == manner && $0.connections == load.connections
                            && (perConnectionsOnly || $0.busy == load.busy)
                    })
                else { continue }
                let (bar, whisker) = figure(row)
                let x = middle + (side == 0 ? -barWidth - 2 : 2)
                drawing.rectangle(
                    Point(x: x, y: y(bar)), width: barWidth, height: Self.bottom - y(bar), radius: 2,
                    fill: Self.colour(manner))
                guard let whisker else { continue }
                let centre = x + barWidth / 2
                drawing.line(Point(x: centre, y: y(bar)), Point(x: centre, y: y(whisker)), colour: Self.ink, width: 1.4)
                drawing.line(
                    Point(x: centre - 6, y: y(whisker)), Point(x: centre + 6, y: y(whisker)), colour: Self.ink,
                    width: 1.4)
            }
            text("\(load.connections) held", at: Point(x: middle, y: Self.bottom + 20), anchor: .middle, in: &drawing)
            if !perConnectionsOnly {
                text("\(load.busy) busy", at: Point(x: middle, y: Self.bottom + 36), anchor: .middle, in: &drawing)
            }
        }
    }

    /// The powers of ten around the figures.
    private static func decades(_ lowest: Double, _ highest: Double) -> (Double, Double) {
        var low = 1.0
        while low > lowest { low /= 10 }
        while low * 10 <= lowest { low *= 10 }
        var high = low * 10
        while high < highest { high *= 10 }
        return (low, high)
    }

    /// How many powers of ten a number is; the standard library alone has no logarithm.
    private static func logarithm(_ value: Double) -> Double {
        var (rest, whole) = (value, 0.0)
        while rest >= 10 { (rest, whole) = (rest / 10, whole + 1) }
        while rest < 1, rest > 0 { (rest, whole) = (rest * 10, whole - 1) }
        // Each squaring brings one more binary digit of what is left.
        var (digit, fraction) = (0.5, 0.0)
        for _ in 0..<24 {
            rest *= rest
            if rest >= 10 {
                rest /= 10
                fraction += digit
            }
            digit /= 2
        }
        return whole + fraction
    }

    private static func label(_ value: Double) -> String {
        if value >= 1 { return "\(Int(value.rounded()))" }
        var (text, rest) = ("0.", value)
        while rest < 0.99 {
            rest *= 10
            text += rest < 0.99 ? "0" : "1"
        }
        return text
    }
}
