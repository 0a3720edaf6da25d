internal import CLinux
internal import Glibc
public import Timeline

/// The way from a program on one host to the other host, for programs that start more programs.
public enum HostEntrance {
    /// Why a program did not get onto a host.
    public enum Failure: Error, Sendable, Hashable {
        /// The environment names no such host: the caller runs in no lab.
        case outsideLab
        /// The lab's wirewatch has ended, or the system refuses: the errno.
        case refused(errno: Int32)
        /// The program cannot be run: the errno.
        case notExecuted(program: String, errno: Int32)
    }

    /// The environment variable that names a host's network namespace to its programs: as a file of the process that holds
    /// it open.
    static func variable(_ host: HostName) -> String { "WIREWATCH_HOST_\(host.rawValue)" }

    /// The variable with its value, in a form for `environ`.
    static func environment(_ host: HostName, _ namespace: NetworkNamespace) -> String {
        "\(variable(host))=/proc/\(getpid())/fd/\(namespace.descriptor)"
    }

    /// A host's network namespace, open.
    struct Entrance {
        let host: HostName
        let descriptor: Int32
    }

    /// The hosts that the environment names, opened.
    static func opened() -> [Entrance] {
        HostName.allCases.compactMap { host in
            guard let path = unsafe getenv(variable(host)) else { return nil }
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            return descriptor < 0 ? nil : Entrance(host: host, descriptor: descriptor)
        }
    }

    /// Names a host to the programs that the calling process starts, for as long as it lives.
    static func name(_ entrance: Entrance) {
        _ = unsafe setenv(variable(entrance.host), "/proc/\(getpid())/fd/\(entrance.descriptor)", 1)
    }

    /// Moves the calling thread onto a host and becomes `arguments`, which PATH finds. It returns only by throwing.
    public static func run(_ arguments: [String], on host: HostName) throws(Failure) -> Never {
        guard let value = unsafe getenv(variable(host)) else { throw .outsideLab }
        let path = unsafe String(cString: value)
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .refused(errno: errno) }
        guard wirewatch_setns(descriptor, Int32(WIREWATCH_CLONE_NEWNET)) == 0 else { throw .refused(errno: errno) }
        // This program ignores it; others expect to be ended by it.
        signal(SIGPIPE, SIG_DFL)
        var strings = unsafe arguments.map { unsafe strdup($0) } + [nil]
        unsafe execvp(arguments.first ?? "", &strings)
        throw .notExecuted(program: arguments.first ?? "", errno: errno)
    }
}
