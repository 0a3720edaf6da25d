/// Who ran when: a bar for each of some tasks, on one axis of time.
public struct TaskBars: Sendable {
    /// From when to when a task ran, in nanoseconds since the axis's start.
    public struct Bar: Sendable, Hashable {
        public var name: String
        public var start: Int64
        public var end: Int64

        public init(name: String, start: Int64, end: Int64) {
            self.name = name
            self.start = start
            self.end = end
        }
    }

    private let bars: [Bar]
    private let columns: Int
    private let isColoured: Bool

    /// - Parameter columns: how long a line may be, at least 40.
    public init(_ bars: [Bar], columns: Int, isColoured: Bool = false) {
        self.bars = bars
        self.columns = max(columns, 40)
        self.isColoured = isColoured
    }

    /// Appends the bars, and the axis below; nothing where there is no time to draw.
    public func append(to buffer: inout OutputBuffer) {
        let duration = bars.map(\.end).max() ?? 0
        guard duration > 0 else { return }
        let margin = 2 + (bars.map(\.name.count).max() ?? 0) + 1
        let width = columns - margin
        for bar in bars {
            buffer.append("  ")
            buffer.append(escaping: bar.name)
            let first = min(width - 1, Self.cell(bar.start, of: duration, width))
            // However short it was, it ran.
            let end = max(first + 1, Self.cell(bar.end, of: duration, width))
            buffer.pad(toColumn: margin + first)
            if isColoured { buffer.append(invisible: Colour.cyan.start) }
            for _ in first..<end { buffer.append("█") }
            if isColoured { buffer.append(invisible: Colour.end) }
            buffer.endLine()
        }
        appendAxis(duration, margin: margin, to: &buffer)
    }

    private func appendAxis(_ duration: Int64, margin: Int, to buffer: inout OutputBuffer) {
        var end = OutputBuffer(capacity: 32)
        end.append(secondsWithThreeDecimals: duration)
        end.append(" s")
        buffer.pad(toColumn: margin)
        buffer.append("0")
        buffer.pad(toColumn: columns - end.count)
        buffer.append(octets: end.bytes[...])
        buffer.endLine()
    }

    /// The cell that a moment falls into, as the nearest border between cells.
    private static func cell(_ moment: Int64, of duration: Int64, _ width: Int) -> Int {
        Int((Double(max(0, moment)) / Double(duration) * Double(width)).rounded())
    }
}
