import Glibc
import Presentation
import SocketEvents

/// Standard error: progress, warnings and failures, a line each.
enum StandardError {
    /// Writes `wirewatch: …` and a line feed at once; a terminal gets it in lines that fit. What came from outside must be
    /// escaped already.
    static func write(_ text: String) {
        var buffer = OutputBuffer(capacity: 256)
        let mark = "wirewatch: "
        if let columns = Terminal.columns(STDERR_FILENO) {
            buffer.append(folding: mark + text, columns: columns, indent: mark.count)
        } else {
            buffer.append(mark + text)
            buffer.endLine()
        }
        // Nobody is left to tell where even standard error cannot be written.
        _ = StandardOutput.write(buffer.bytes, to: STDERR_FILENO)
    }

    static func write(_ report: FailureReport) { write(report.line) }

    /// An errno in words.
    static func words(for errno: Int32) -> String { SocketError(.send, errno: errno, subject: "").reason }
}
