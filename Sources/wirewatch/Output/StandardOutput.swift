import Glibc
import Presentation
import Synchronization

/// Standard output, shared by the threads of a command: each line leaves whole, and at once.
final class StandardOutput: Sendable {
    private let buffer = Mutex(OutputBuffer())

    /// Lets `fill` append lines, then writes them with write(2).
    ///
    /// A closed pipe ends the program quietly with 0: its reader has seen enough. Any other failure ends it with 1 and a line
    /// that says why.
    func write(_ fill: (inout OutputBuffer) -> Void) {
        buffer.withLock { buffer in
            fill(&buffer)
            let failure = Self.write(buffer.bytes, to: STDOUT_FILENO)
            buffer.removeAll()
            switch failure {
            case 0: break
            case EPIPE: exit(0)
            default:
                StandardError.write(
                    FailureReport(what: "cannot write to standard output", reason: StandardError.words(for: failure)))
                exit(1)
            }
        }
    }

    /// Ends the program between two lines; where a reader that stands still holds one up for long, inside it.
    func endProgram(_ code: Int32) -> Never {
        for _ in 0..<100 {
            buffer.withLockIfAvailable { _ in _exit(code) }
            usleep(1_000)
        }
        _exit(code)
    }

    /// Writes all of `bytes`, and returns 0 or the errno.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        unsafe bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    written += count
                } else if errno == EAGAIN {
                    // Someone who shares the terminal made it non-blocking.
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = unsafe poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }
}
