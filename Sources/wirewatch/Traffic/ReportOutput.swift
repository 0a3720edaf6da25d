import Glibc
import PacketDecode
import Presentation
import SocketEvents
import Synchronization

/// Prints reports: as iperf3's users know them, under headings, or as JSON.
final class ReportOutput: Sendable {
    private struct State {
        /// The streams whose ends were told.
        var announced: Set<Int> = []
        var hasHeading = false
    }

    private let output: StandardOutput
    private let json: Bool
    private let columns: Int?
    private let state = Mutex(State())

    init(_ output: StandardOutput, json: Bool) {
        self.output = output
        self.json = json
        columns = Terminal.columns(STDOUT_FILENO)
    }

    /// Prints the reports of one interval or more.
    func write(_ reports: [TrafficReport]) {
        guard !reports.isEmpty else { return }
        output.write { buffer in
            if json { return reports.forEach { buffer.appendJSON($0) } }
            state.withLock { state in append(reports, &state, to: &buffer) }
        }
    }

    /// Prints the totals, below a rule where intervals stand above.
    func write(totals: [TrafficReport]) {
        guard !totals.isEmpty else { return }
        output.write { buffer in
            if json { return totals.forEach { buffer.appendJSON($0) } }
            state.withLock { state in
                if state.hasHeading { buffer.appendRule() }
                state.hasHeading = false
                append(totals, &state, to: &buffer)
            }
        }
    }

    private func append(_ reports: [TrafficReport], _ state: inout State, to buffer: inout OutputBuffer) {
        // A sum of one says nothing but what the kernel dropped.
        let shown = reports.filter { report in
            guard report.stream == nil, case .datagrams(let figures) = report.figures else { return true }
            return figures.droppedByKernel ?? 0 > 0 || reports.filter { $0.stream != nil }.count > 1
        }
        for report in shown {
            guard let stream = report.stream, state.announced.insert(stream).inserted, let peer = report.peer else {
                continue
            }
            buffer.append("[")
            buffer.append(stream, width: 3)
            buffer.append("] ")
            if let local = report.local {
                buffer.append(local)
                buffer.append(report.role == .receiver ? " from " : " to ")
            }
            buffer.append(peer)
            buffer.endLine()
        }
        // Streams of which nothing is numbered have no jitter, so the columns are those of the first line.
        if !state.hasHeading, let first = shown.last(where: { $0.role == .receiver }) ?? shown.first {
            buffer.appendHeading(for: first, columns: columns)
            state.hasHeading = true
        }
        for report in shown { buffer.appendText(report, columns: columns) }
    }
}
