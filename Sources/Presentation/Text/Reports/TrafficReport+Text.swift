internal import PacketDecode
public import SocketEvents

extension OutputBuffer {
    /// Appends the names of a report's columns, as iperf3's users know them; a shorter last one where `columns` are too few.
    public mutating func appendHeading(for report: TrafficReport, columns: Int? = nil) {
        append("[ ID] Interval           Transfer     Bitrate         ")
        switch report.figures {
        case .datagrams where report.role == .sender: append("Total Datagrams")
        case .datagrams(let figures) where !figures.isNumbered: append("Datagrams")
        case .datagrams where columns.map { $0 < 84 } == true: append("Jitter    Lost/Total")
        case .datagrams: append("Jitter    Lost/Total Datagrams")
        case .stream where report.extent == .total && report.role == .sender: append("Retr")
        case .stream where report.extent == .total: break
        case .stream(let figures):
            if figures.retransmissions != nil { append("Retr  Cwnd         ") }
            if figures.roundTripTime != nil { append("RTT") }
        }
        while lastByte == UInt8(ascii: " ") { truncate(to: count - 1) }
        endLine()
    }

    /// Appends the line that parts the totals from the intervals.
    public mutating func appendRule() {
        append(String(repeating: "- ", count: 24))
        append("-")
        endLine()
    }

    /// Appends a report as one line: which stream, the seconds since measuring began, octets, rate, and what the transport has to
    /// tell. Beyond `columns` it goes on in the next line.
    public mutating func appendText(_ report: TrafficReport, columns: Int? = nil) {
        let lineStart = count
        append("[")
        if let stream = report.stream { append(stream, width: 3) } else { append("SUM") }
        append("] ")
        append(Self.seconds(report.origin.distance(to: report.start)), decimals: 2, width: 6)
        append("-")
        let endStart = count
        append(Self.seconds(report.origin.distance(to: report.end)), decimals: 2)
        for _ in 0..<max(0, 6 - (count - endStart)) { append(UInt8(ascii: " ")) }
        append(" sec  ")
        append(transfer: report.octets)
        append("  ")
        append(bitrate: report.bitsPerSecond)
        append("  ")
        switch report.figures {
        case .datagrams(let figures): append(figures)
        case .stream(let figures): append(figures, extent: report.extent)
        }
        switch report.extent {
        case .interval: break
        case .omitted: append("  (omitted)")
        case .total:
            append("  ")
            append(report.role.rawValue)
        }
        while lastByte == UInt8(ascii: " ") { truncate(to: count - 1) }
        endLine()
        if let columns { foldLine(from: lineStart, columns: columns, indent: 6) }
    }

    private static func seconds(_ nanoseconds: Int64) -> Double { Double(max(0, nanoseconds)) / 1e9 }

    private mutating func append(_ figures: DatagramFigures) {
        let counts = figures.counts
        if let jitter = figures.jitter {
            append(Double(jitter) / 1e6, decimals: 3, width: 5)
            append(" ms  ")
        } else if figures.isNumbered {
            // Streams have one each, their sum has none.
            append("          ")
        }
        if !figures.isNumbered {
            append(counts.datagrams)
        } else {
            append(counts.lost)
            append("/")
            append(counts.total)
            append(" (")
            appendShare(counts.lost, of: counts.total)
            append("%)")
        }
        append(counts.doubled, "doubled")
        append(counts.outOfOrder, "out of order")
        append(counts.unplaced, "unplaced")
        append(figures.droppedByKernel ?? 0, "dropped by the kernel")
    }

    /// A sender's line has more to tell than a receiver's; below the rule a receiver's has room where its sender's has its own.
    private mutating func append(_ figures: StreamFigures, extent: TrafficReport.Extent) {
        if let retransmissions = figures.retransmissions {
            append(retransmissions, width: 3)
            append("   ")
        } else if extent == .total {
            append("      ")
        }
        guard extent != .total else { return }
        let windowStart = count
        if let window = figures.congestionWindow { append(transfer: window) }
        if figures.retransmissions != nil {
            for _ in 0..<max(0, 13 - (count - windowStart)) { append(UInt8(ascii: " ")) }
        }
        guard let time = figures.roundTripTime else { return }
        let milliseconds = Double(max(0, time)) / 1e6
        append(milliseconds, decimals: milliseconds < 9.995 ? 2 : milliseconds < 99.95 ? 1 : 0, width: 4)
        append(" ms")
    }

    /// Appends what is worth a word: a count that is not zero.
    private mutating func append(_ count: UInt64, _ what: String) {
        guard count > 0 else { return }
        append("  ")
        append(count)
        append(" ")
        append(what)
    }

    /// Appends a share in percent with two figures, as printf's `%.2g` has it, but never in powers of ten.
    private mutating func appendShare(_ part: Int64, of whole: UInt64) {
        guard part != 0, whole > 0 else { return append("0") }
        if part < 0 { append("-") }
        let percent = Double(part.magnitude) * 100 / Double(whole)
        var decimals = 0
        var least = 9.95
        while percent < least, decimals < 6 {
            decimals += 1
            least /= 10
        }
        let start = count
        append(percent, decimals: decimals)
        guard decimals > 0 else { return }
        while count > start, lastByte == UInt8(ascii: "0") { truncate(to: count - 1) }
        if lastByte == UInt8(ascii: ".") { truncate(to: count - 1) }
    }
}
