internal import Glibc

/// How a program ended.
public enum ProgramEnding: Sendable, Hashable {
    case exited(Int32)
    case signalled(Int32)

    /// - Parameter status: as waitpid(2) gives it, of a process that has ended.
    init(waitStatus status: Int32) {
        let signal = status & 0x7F
        self = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    public var isSuccess: Bool { self == .exited(0) }

    /// The exit code that a shell gives it: the program's own, or 128 plus the signal.
    public var exitCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let signal): 128 + signal
        }
    }
}
