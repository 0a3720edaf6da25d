import Glibc
import Presentation

/// A file that a command writes beside its output. It is opened before the command does anything else, so that what cannot
/// be written is said at once.
final class OutputFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Makes the file, or empties the one that is there.
    init(_ path: String) throws(FailureReport) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0o666)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
    }

    /// The file of that name; nil for none.
    static func opened(_ path: String?) throws(FailureReport) -> OutputFile? {
        guard let path else { return nil }
        return try OutputFile(path)
    }

    deinit { close(descriptor) }

    /// How long a line of text may be.
    var lineLength: Int { Terminal.lineLength(descriptor) }

    /// Whether it is a terminal where colours are wanted.
    var isColoured: Bool { Terminal.isColoured(descriptor) }

    func write(_ fill: (inout OutputBuffer) -> Void) throws(FailureReport) {
        var buffer = OutputBuffer(capacity: 1 << 16)
        fill(&buffer)
        let failure = StandardOutput.write(buffer.bytes, to: descriptor)
        guard failure == 0 else { throw Self.failure(path, failure) }
    }

    private static func failure(_ path: String, _ errno: Int32) -> FailureReport {
        FailureReport(
            what: "cannot write \(path)", reason: StandardError.words(for: errno), advice: "Name another file")
    }
}
