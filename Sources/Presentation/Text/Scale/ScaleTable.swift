public import SocketEvents

/// The measurement of scale as a table: for a terminal, or in Markdown.
public struct ScaleTable: Sendable {
    private let rows: [ScaleFigures]

    public init(_ rows: [ScaleFigures]) { self.rows = rows }

    private static let headings = [
        "io", "held", "busy", "threads", "KiB/conn", "answers/s", "p50 µs", "p99 µs", "switches", "cpu",
    ]

    private static func cells(_ row: ScaleFigures) -> [String] {
        [
            row.manner.rawValue, "\(row.connections)", "\(row.busy)", "\(row.threads)",
            tenths(Double(row.residentOctetsPerConnection) / 1024), "\(Int(row.answersPerSecond.rounded()))",
            tenths(Double(row.medianLatency) / 1000), tenths(Double(row.highLatency) / 1000),
            hundredths(row.switchesPerAnswer), "\(Int((row.processorShare * 100).rounded()))%",
        ]
    }

    /// Appends the table as lines of columns.
    public func appendText(to buffer: inout OutputBuffer) {
        Self.append(lineOf: Self.headings, to: &buffer)
        for row in rows { Self.append(lineOf: Self.cells(row), to: &buffer) }
    }

    /// Appends the headings alone, for rows that come one by one.
    public static func appendHeading(to buffer: inout OutputBuffer) { append(lineOf: headings, to: &buffer) }

    public static func append(_ row: ScaleFigures, to buffer: inout OutputBuffer) {
        append(lineOf: cells(row), to: &buffer)
    }

    private static func append(lineOf cells: [String], to buffer: inout OutputBuffer) {
        let widths = [8, 6, 6, 8, 9, 10, 9, 9, 9, 5]
        for (index, (cell, width)) in zip(cells, widths).enumerated() {
            if index > 0 { for _ in 0..<max(1, width - cell.count) { buffer.append(UInt8(ascii: " ")) } }
            buffer.append(cell)
            if index == 0 { for _ in 0..<max(0, width - cell.count) { buffer.append(UInt8(ascii: " ")) } }
        }
        buffer.endLine()
    }

    /// Appends the table in Markdown.
    public func appendMarkdown(to buffer: inout OutputBuffer) {
        Self.append(markdown: Self.headings, to: &buffer)
        Self.append(markdown: ["---"] + Self.headings.dropFirst().map { _ in "---:" }, to: &buffer)
        for row in rows { Self.append(markdown: Self.cells(row), to: &buffer) }
    }

    private static func append(markdown cells: [String], to buffer: inout OutputBuffer) {
        buffer.append("| ")
        buffer.append(cells.joined(separator: " | "))
        buffer.append(" |")
        buffer.endLine()
    }

    static func tenths(_ number: Double) -> String { decimals(number, 1) }
    static func hundredths(_ number: Double) -> String { decimals(number, 2) }

    private static func decimals(_ number: Double, _ count: Int) -> String {
        var buffer = OutputBuffer(capacity: 16)
        if number < 0 { buffer.append("-") }
        buffer.append(number.magnitude, decimals: count)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
