import Foundation
import Glibc
import Presentation
import Synchronization

/// Lines on standard output and standard error, each whole, whichever task writes them.
enum WebOutput {
    private static let buffer = Mutex(OutputBuffer(capacity: 1024))

    /// Lets `fill` append lines, and writes them. A closed pipe ends the program quietly: its reader has seen enough.
    static func write(_ fill: (inout OutputBuffer) -> Void) {
        buffer.withLock { buffer in
            fill(&buffer)
            defer { buffer.removeAll() }
            do {
                try FileHandle.standardOutput.write(contentsOf: Data(buffer.bytes))
            } catch {
                exit(0)
            }
        }
    }

    /// Writes `wirewatch-web: …` on standard error. What came from outside must be escaped already.
    static func writeError(_ text: String) {
        // Nobody is left to tell where even standard error cannot be written.
        try? FileHandle.standardError.write(contentsOf: Data("wirewatch-web: \(text)\n".utf8))
    }
}
