/// A congestion window over time for a terminal: the window in braille dots, eight to a character, the slow-start
/// threshold dashed, and what is in flight shaded.
public struct TextPlot: Sendable {
    private let series: CongestionSeries
    private let columns: Int
    private let rows: Int
    private let isColoured: Bool

    /// Columns of the figures at the left and their axis.
    private static let margin = 7

    /// - Parameters:
    ///   - columns: how long a line may be, at least 60.
    ///   - rows: lines between the title and the time axis.
    public init(_ series: CongestionSeries, columns: Int, rows: Int = 16, isColoured: Bool = false) {
        self.series = series
        self.columns = max(columns, 60)
        self.rows = max(rows, 4)
        self.isColoured = isColoured
    }

    /// Appends the plot, a heading above and the time below; nothing where there is no course to draw.
    public func append(to buffer: inout OutputBuffer) {
        guard series.isPlottable else { return }
        let width = columns - Self.margin - 1
        let top = series.scaleTop
        let cells = drawn(width: width, top: top)
        append(" segments   ", to: &buffer)
        append("⣀⡠⠊", .cyan, " cwnd   ", to: &buffer)
        if series.samples.contains(where: { $0.threshold != nil }) {
            append("╌╌╌", .magenta, " ssthresh   ", to: &buffer)
        }
        if series.samples.contains(where: { $0.inFlight != nil }) { append("░░░", .dim, " in flight", to: &buffer) }
        buffer.endLine()
        for row in 0..<rows {
            // A figure at every fourth line, and at the top.
            let hasFigure = row % 4 == 0
            if hasFigure {
                let figure = Int((top * Double(rows - row) / Double(rows)).rounded())
                buffer.append(figure, width: Self.margin - 2)
            }
            buffer.pad(toColumn: Self.margin - 1)
            buffer.append(hasFigure ? "┤" : "│")
            let end = cells[row].lastIndex { $0 != .empty } ?? -1
            for cell in cells[row].prefix(end + 1) { append(cell, to: &buffer) }
            buffer.endLine()
        }
        appendTimeAxis(width: width, to: &buffer)
    }

    private enum Cell: Equatable {
        case empty
        case inFlight
        case threshold
        /// The dots that are set, as in U+2800's low octet.
        case window(UInt8)
    }

    /// The cells of each row, the top one first.
    private func drawn(width: Int, top: Double) -> [[Cell]] {
        var cells = [[Cell]](repeating: [Cell](repeating: .empty, count: width), count: rows)
        var dots = [[UInt8]](repeating: [UInt8](repeating: 0, count: width), count: rows)
        let height = rows * 4
        /// The line of dots, from the bottom, of a figure.
        func level(_ figure: Double) -> Int {
            min(height - 1, max(0, Int((figure / top * Double(height)).rounded()) - 1))
        }
        var last: Int?
        for x in 0..<width * 2 {
            let time = Int64(Double(series.duration) * Double(x) / Double(width * 2 - 1))
            guard let sample = series.sample(at: time) else { continue }
            if x % 2 == 0 {
                if let inFlight = sample.inFlight, inFlight > 0 {
                    for row in (rows - 1 - level(inFlight) / 4)..<rows { cells[row][x / 2] = .inFlight }
                }
                if let threshold = sample.threshold { cells[rows - 1 - level(threshold) / 4][x / 2] = .threshold }
            }
            let level = level(sample.window)
            // A jump is a vertical stroke.
            for y in min(level, last ?? level)...max(level, last ?? level) {
                dots[rows - 1 - y / 4][x / 2] |= Self.dot(column: x % 2, line: 3 - y % 4)
            }
            last = level
        }
        for row in 0..<rows {
            for column in 0..<width where dots[row][column] != 0 { cells[row][column] = .window(dots[row][column]) }
        }
        return cells
    }

    /// The bit of one of a braille character's eight dots; line 0 is the top one.
    private static func dot(column: Int, line: Int) -> UInt8 {
        switch (column, line) {
        case (0, 3): 0x40
        case (_, 3): 0x80
        case (0, _): 1 << UInt8(line)
        default: 8 << UInt8(line)
        }
    }

    private func append(_ cell: Cell, to buffer: inout OutputBuffer) {
        switch cell {
        case .empty: buffer.append(" ")
        case .inFlight: append("░", .dim, to: &buffer)
        case .threshold: append("╌", .magenta, to: &buffer)
        case .window(let dots): append(String(Unicode.Scalar(0x2800 + UInt32(dots)) ?? " "), .cyan, to: &buffer)
        }
    }

    private func append(_ text: String, _ colour: Colour? = nil, _ plain: String = "", to buffer: inout OutputBuffer) {
        if isColoured, let colour { buffer.append(invisible: colour.start) }
        buffer.append(text)
        if isColoured, colour != nil { buffer.append(invisible: Colour.end) }
        buffer.append(plain)
    }

    /// A stroke under the plot with four figures of time.
    private func appendTimeAxis(width: Int, to buffer: inout OutputBuffer) {
        buffer.append("     0└")
        for column in 0..<width { buffer.append(column % (width / 4) == 0 && column > 0 ? "┴" : "─") }
        buffer.endLine()
        for quarter in 0...4 {
            var figure = OutputBuffer(capacity: 16)
            figure.append(milliseconds: series.duration / 4 * Int64(quarter))
            if quarter == 4 { figure.append(" ms") }
            let mark = Self.margin + quarter * (width / 4)
            // Centred below its mark, the last one within the line.
            buffer.pad(toColumn: min(mark - figure.count / 2, columns - figure.count))
            buffer.append(octets: figure.bytes[...])
        }
        buffer.endLine()
    }
}
