public import SocketEvents

/// A page on the measurement of scale: where it was made and how, the table, the plot, and what the figures say.
public struct ScaleDocument: Sendable {
    private let rows: [ScaleFigures]
    private let command: String
    private let machine: String
    private let plot: String

    /// - Parameters:
    ///   - command: what makes the page anew.
    ///   - machine: the kernel and the processors.
    ///   - plot: the picture's file, beside the page.
    public init(_ rows: [ScaleFigures], command: String, machine: String, plot: String) {
        self.rows = rows
        self.command = command
        self.machine = machine
        self.plot = plot
    }

    public func append(to buffer: inout OutputBuffer) {
        func line(_ text: String = "") {
            buffer.append(text)
            buffer.endLine()
        }
        line("# Scale: one server, many connections")
        line()
        line("Made by `\(command)`; do not edit. Measured on \(machine).")
        line()
        for text in Self.method { line(text) }
        line()
        ScaleTable(rows).appendMarkdown(to: &buffer)
        line()
        for text in Self.columns { line(text) }
        line()
        line("![Latency and threads over connections](\(plot))")
        line()
        line("## Where which manner wins")
        line()
        for sentence in comparisons { line("- \(sentence)") }
    }

    private static let method = [
        "A server (`wirewatch tcp listen --echo`) sends each line back: with `--io blocking` a thread for",
        "each connection, with `--io async` a task and a SwiftNIO channel. One client, a process of its own",
        "over one event loop, holds all connections. The busy ones ask, each its next question when it has",
        "the answer; the others are idle. Server and client share the processors, so that rates are of both",
        "together.",
    ]

    private static let columns = [
        "- held: connections at once; busy: those that ask; threads: the server's.",
        "- KiB/conn: what the connections added to the server's resident memory, for each. A thread's stack",
        "  counts as far as it was touched; the kernel's own memory for sockets and threads does not count.",
        "- p50, p99: microseconds from a question to its answer. switches: the server's context switches for",
        "  each answer. cpu: the server's processor time, as a share of one processor.",
    ]

    /// One sentence for each load that both manners were under, and one on memory and threads.
    private var comparisons: [String] {
        var sentences: [String] = []
        let blocking = rows.filter { $0.manner == .blocking }
        for row in blocking {
            guard
                let other = rows.first(where: {
                    $0.manner == .async && $0.connections == row.connections && $0.busy == row.busy
                })
            else { continue }
            let load = "\(row.connections) held, \(row.busy) busy"
            let ratio = row.answersPerSecond / max(other.answersPerSecond, 1e-9)
            let (winner, factor) = ratio >= 1 ? ("blocking", ratio) : ("async", 1 / max(ratio, 1e-9))
            let lower = row.medianLatency <= other.medianLatency ? "blocking" : "async"
            let lowerHigh = row.highLatency <= other.highLatency ? "blocking" : "async"
            sentences.append(
                "\(load): \(winner) gives \(ScaleTable.hundredths(factor)) times the answers; \(lower) has the lower p50, "
                    + "\(lowerHigh) the lower p99.")
        }
        if let most = rows.filter({ $0.manner == .async }).max(by: { $0.connections < $1.connections }) {
            sentences.append(
                "Async holds \(most.connections) connections on \(most.threads) threads in "
                    + "\(ScaleTable.tenths(Double(most.residentOctets) / 1_048_576)) MiB.")
        }
        if let most = blocking.max(by: { $0.connections < $1.connections }) {
            sentences.append(
                "Blocking holds \(most.connections) on \(most.threads) threads in "
                    + "\(ScaleTable.tenths(Double(most.residentOctets) / 1_048_576)) MiB"
                    + (most.refused > 0 ? ", and refuses \(most.refused)." : "."))
        }
        return sentences
    }
}
