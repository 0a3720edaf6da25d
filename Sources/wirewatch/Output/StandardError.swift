import Glibc
import Presentation
import SocketEvents

/// Standard error: progress, warnings and failures, a line each.
enum StandardError {
    /// Writes `wirewatch: …` and a line feed at once. What came from outside must be escaped already.
    static func write(_ text: String) {
        // Nobody is left to tell where even standard error cannot be written.
        _ = StandardOutput.write(Array("wirewatch: \(text)\n".utf8), to: STDERR_FILENO)
    }

    static func write(_ report: FailureReport) { write(report.line) }

    /// An errno in words.
    static func words(for errno: Int32) -> String { SocketError(.send, errno: errno, subject: "").reason }
}
