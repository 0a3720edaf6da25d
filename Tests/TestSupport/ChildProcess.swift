public import Glibc
internal import Synchronization

/// A program that a test starts, talks to, signals and collects, with a deadline on all of it.
///
/// Calls block their thread; the program does not need it. Dropped while it runs, the program is killed.
public final class ChildProcess {
    public enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// What a program left when it ended.
    public struct Outcome: Sendable {
        public var ending: Ending
        public var output: [UInt8]
        public var errorOutput: [UInt8]

        /// Standard output as text, lines apart; bytes that are not UTF-8 become U+FFFD.
        public var lines: [String] { ChildProcess.lines(of: output) }
        public var errorLines: [String] { ChildProcess.lines(of: errorOutput) }
    }

    public enum Failure: Error, CustomStringConvertible {
        case cannotStart(path: String, errno: Int32)
        /// The deadline passed; what the program had said by then.
        case deadline(waitingFor: String, output: String, errorOutput: String)
        /// The program closed its output before it said what was waited for.
        case endOfOutput(waitingFor: String, output: String, errorOutput: String)

        public var description: String {
            switch self {
            case .cannotStart(let path, let errno): "cannot start \(path): errno \(errno)"
            case .deadline(let what, let output, let errors):
                "deadline passed waiting for \(what); output:\n\(output)\nerrors:\n\(errors)"
            case .endOfOutput(let what, let output, let errors):
                "output ended before \(what); output:\n\(output)\nerrors:\n\(errors)"
            }
        }
    }

    public let processID: pid_t
    private var input: Int32
    private var output: Int32
    private var errorOutput: Int32
    private var outputBytes: [UInt8] = []
    private var errorBytes: [UInt8] = []
    /// How many lines `waitForLine` has looked at.
    private var seenLines = 0
    private var seenErrorLines = 0
    private let deadline: ContinuousClock.Instant
    private var ending: Ending?

    /// Pipes are made one process at a time: another that is started between pipe(2) and fcntl(2) would keep their ends open.
    private static let starting = Mutex(())

    /// Starts `path` with `arguments`; everything must be over `seconds` from now.
    public init(_ path: String, _ arguments: [String], seconds: Double = 30) throws {
        deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
        let started = try Self.starting.withLock { _ in try Self.start(path, arguments) }
        (processID, input, output, errorOutput) = started
        for descriptor in [output, errorOutput] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        // A program that ends early must not end the tests: its closed input is an EPIPE.
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        for descriptor in [input, output, errorOutput] where descriptor >= 0 { close(descriptor) }
        if ending == nil {
            kill(processID, SIGKILL)
            var status: Int32 = 0
            _ = unsafe waitpid(processID, &status, 0)
        }
    }

    /// Where this package's programs are built: beside the test bundle.
    public static var builtProductsDirectory: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe readlink("/proc/self/exe", base.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        let path = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// Starts the `wirewatch` that was built with the tests.
    public static func wirewatch(_ arguments: String..., seconds: Double = 30) throws -> ChildProcess {
        try ChildProcess(builtProductsDirectory + "/wirewatch", arguments, seconds: seconds)
    }

    /// The same, with the arguments in an array.
    public static func wirewatch(arguments: [String], seconds: Double = 30) throws -> ChildProcess {
        try ChildProcess(builtProductsDirectory + "/wirewatch", arguments, seconds: seconds)
    }

    /// Starts the `wirewatch-web` that was built with the tests.
    public static func wirewatchWeb(_ arguments: String..., seconds: Double = 30) throws -> ChildProcess {
        try ChildProcess(builtProductsDirectory + "/wirewatch-web", arguments, seconds: seconds)
    }

    // MARK: Talk

    /// Writes to the program's standard input. A program that has closed it is not an error.
    public func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(input, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    public func write(_ text: String) { write(Array(text.utf8)) }

    /// Ends the program's standard input.
    public func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// Stops reading the program's standard output, as a pipe's reader that ends.
    public func closeOutput() {
        if output >= 0 { close(output) }
        output = -1
    }

    public func send(signal number: Int32) { kill(processID, number) }

    /// Waits for the next line of standard output that `matches`, and returns it. Lines before it are passed over.
    public func waitForLine(
        _ what: String = "a line", where matches: (String) -> Bool = { _ in true }
    ) throws -> String {
        try waitForLine(what, where: matches, inErrors: false)
    }

    /// Waits for the next line of standard error that `matches`.
    public func waitForErrorLine(
        _ what: String = "a line of errors", where matches: (String) -> Bool = { _ in true }
    ) throws -> String {
        try waitForLine(what, where: matches, inErrors: true)
    }

    private func waitForLine(_ what: String, where matches: (String) -> Bool, inErrors: Bool) throws -> String {
        while true {
            // Only whole lines: the part after the last line feed is still being written.
            let lines = Self.wholeLines(of: inErrors ? errorBytes : outputBytes)
            while (inErrors ? seenErrorLines : seenLines) < lines.count {
                let line = lines[inErrors ? seenErrorLines : seenLines]
                if inErrors { seenErrorLines += 1 } else { seenLines += 1 }
                if matches(line) { return line }
            }
            if (inErrors ? errorOutput : output) < 0 {
                throw Failure.endOfOutput(waitingFor: what, output: text(outputBytes), errorOutput: text(errorBytes))
            }
            try readMore(waitingFor: what)
        }
    }

    /// Waits until the program has ended and closed its outputs. Its input is ended first unless `keepingInput`.
    public func finish(keepingInput: Bool = false) throws -> Outcome {
        if !keepingInput { closeInput() }
        while output >= 0 || errorOutput >= 0 { try readMore(waitingFor: "the end of the program") }
        var status: Int32 = 0
        while ending == nil {
            let result = unsafe waitpid(processID, &status, WNOHANG)
            if result == processID {
                let signal = status & 0x7F
                ending = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
            } else if ContinuousClock.now >= deadline {
                throw Failure.deadline(
                    waitingFor: "the end of the program", output: text(outputBytes), errorOutput: text(errorBytes))
            } else {
                // Its outputs are closed: it is about to end.
                usleep(1000)
            }
        }
        return Outcome(ending: ending ?? .exited(-1), output: outputBytes, errorOutput: errorBytes)
    }

    // MARK: Inside

    private func readMore(waitingFor what: String) throws {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else {
            throw Failure.deadline(waitingFor: what, output: text(outputBytes), errorOutput: text(errorBytes))
        }
        let milliseconds = Int32(clamping: left.components.seconds * 1000 + 1000)
        var waiting = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errorOutput, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&waiting, 2, milliseconds)
        if output >= 0, waiting[0].revents != 0, !Self.drain(output, into: &outputBytes) { closeOutput() }
        if errorOutput >= 0, waiting[1].revents != 0, !Self.drain(errorOutput, into: &errorBytes) {
            close(errorOutput)
            errorOutput = -1
        }
    }

    /// Reads what is there; false at the end.
    private static func drain(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes.append(contentsOf: buffer.prefix(count))
            } else if count == 0 {
                return false
            } else if errno != EINTR {
                return errno == EAGAIN
            }
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func wholeLines(of bytes: [UInt8]) -> [String] {
        guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        return lines(of: Array(bytes[...last]))
    }

    fileprivate static func lines(of bytes: [UInt8]) -> [String] {
        // What follows the last line feed is a line only where it is not empty.
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .dropLast(bytes.isEmpty || bytes.last == UInt8(ascii: "\n") ? 1 : 0)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func start(
        _ path: String, _ arguments: [String]
    ) throws -> (pid_t, input: Int32, output: Int32, errorOutput: Int32) {
        let (inputPipe, outputPipe, errorPipe) = (try Pipe(), try Pipe(), try Pipe())
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, inputPipe.readEnd, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, outputPipe.writeEnd, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, errorPipe.writeEnd, STDERR_FILENO)

        // The program starts with no signal blocked or ignored, whatever the test runner does.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var strings = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe strings.forEach { unsafe free($0) } }
        var processID: pid_t = 0
        let code = unsafe posix_spawnp(&processID, path, &actions, &attributes, &strings, environ)
        close(inputPipe.readEnd)
        close(outputPipe.writeEnd)
        close(errorPipe.writeEnd)
        guard code == 0 else {
            close(inputPipe.writeEnd)
            close(outputPipe.readEnd)
            close(errorPipe.readEnd)
            throw Failure.cannotStart(path: path, errno: code)
        }
        return (processID, inputPipe.writeEnd, outputPipe.readEnd, errorPipe.readEnd)
    }

    /// A pipe whose ends are closed in programs that are started later.
    private struct Pipe {
        let readEnd: Int32
        let writeEnd: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe(&ends) == 0 else { throw Failure.cannotStart(path: "a pipe", errno: errno) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (readEnd, writeEnd) = (ends[0], ends[1])
        }
    }
}
