import Glibc
import Presentation

/// Standard output for much text: it leaves in blocks.
struct BlockOutput: ~Copyable {
    /// Why the output ends before its source does.
    enum End: Error {
        /// The reader of standard output went away: it has seen enough.
        case readerGone
    }

    var buffer = OutputBuffer(capacity: blockSize + 32768)

    private static let blockSize = 65536

    /// Writes what waits where it fills a block.
    mutating func writeFullBlock() throws {
        if buffer.count >= Self.blockSize { try flush() }
    }

    /// Writes what waits.
    ///
    /// - Throws: `End`, or a `FailureReport`.
    mutating func flush() throws {
        guard !buffer.isEmpty else { return }
        let failure = StandardOutput.write(buffer.bytes, to: STDOUT_FILENO)
        buffer.removeAll()
        switch failure {
        case 0: break
        case EPIPE: throw End.readerGone
        default:
            throw FailureReport(what: "cannot write to standard output", reason: StandardError.words(for: failure))
        }
    }
}
