import Glibc
import PacketDecode
import Presentation
import SocketEvents
import Synchronization

/// Prints what a bulk test tells, as iperf3's users know it, or as JSON.
final class Iperf3Output: Sendable {
    private struct State {
        /// What the last printed report was about; nil where a heading is due.
        var heading: SocketRole?
        /// Both ends' totals, which stand side by side when both are there.
        var totals: [TrafficReport] = []
        var showsPeer = false
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

    func write(_ event: Iperf3Event) {
        if case .failed(let client, let failure) = event {
            flush()
            return StandardError.write(FailureReport(failure, with: "\(client)"))
        }
        output.write { buffer in
            if json {
                Self.appendJSON(event, to: &buffer)
            } else {
                state.withLock { state in append(event, &state, to: &buffer) }
            }
        }
    }

    /// Prints the totals of a test that ended before the other end's came.
    func flush() {
        output.write { buffer in state.withLock { state in appendTotals(&state, to: &buffer) } }
    }

    /// One end's report in words, for a client that asks for it.
    static func text(of reports: [TrafficReport]) -> String {
        var buffer = OutputBuffer()
        buffer.appendText(reports)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    private static func appendJSON(_ event: Iperf3Event, to buffer: inout OutputBuffer) {
        switch event {
        case .report(let report), .peerReport(let report): buffer.appendJSON(report)
        case .concluded(let outcome): buffer.appendJSON(outcome)
        case .accepted, .opened, .peerText, .failed: break
        }
    }

    private func append(_ event: Iperf3Event, _ state: inout State, to buffer: inout OutputBuffer) {
        switch event {
        case .accepted(let client):
            state = State()
            buffer.append("Accepted connection from ")
            buffer.append(client)
            buffer.endLine()
        case .opened(let stream, let local, let peer):
            buffer.append("[")
            buffer.append(stream, width: 3)
            buffer.append("] local ")
            buffer.append(local)
            buffer.append(" connected to ")
            buffer.append(peer)
            buffer.endLine()
        case .report(let report) where report.extent != .total:
            appendInterval(report, &state, to: &buffer)
        case .peerReport(let report) where report.extent != .total:
            if !state.showsPeer { appendPeerTitle(&state, to: &buffer) }
            appendInterval(report, &state, to: &buffer)
        case .report(let report), .peerReport(let report): state.totals.append(report)
        case .peerText(let text):
            if !state.showsPeer { appendPeerTitle(&state, to: &buffer) }
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                buffer.append(escaping: String(line))
                buffer.endLine()
            }
        case .concluded(let outcome):
            appendTotals(&state, to: &buffer)
            buffer.appendText(outcome)
        case .failed: break
        }
    }

    private func appendPeerTitle(_ state: inout State, to buffer: inout OutputBuffer) {
        state.showsPeer = true
        state.heading = nil
        buffer.append("The other end's report:")
        buffer.endLine()
    }

    private func appendInterval(_ report: TrafficReport, _ state: inout State, to buffer: inout OutputBuffer) {
        if state.heading != report.role {
            buffer.appendHeading(for: report, columns: columns)
            state.heading = report.role
        }
        buffer.appendText(report, columns: columns)
    }

    /// Each stream's sender above its receiver, and the sums below.
    private func appendTotals(_ state: inout State, to buffer: inout OutputBuffer) {
        let totals = state.totals.enumerated().sorted { left, right in
            func rank(_ entry: (offset: Int, element: TrafficReport)) -> (Int, Int, Int) {
                (entry.element.stream ?? .max, entry.element.role == .sender ? 0 : 1, entry.offset)
            }
            return rank(left) < rank(right)
        }
        guard let first = totals.first?.element else { return }
        buffer.appendRule()
        buffer.appendHeading(for: first, columns: columns)
        for total in totals { buffer.appendText(total.element, columns: columns) }
        state = State()
    }
}
