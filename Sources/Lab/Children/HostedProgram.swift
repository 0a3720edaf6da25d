internal import CLinux
internal import Dispatch
internal import Glibc
internal import SocketEvents
internal import Synchronization
internal import TrafficBlocking

/// A program that runs on a host, with all that it starts, under an init of its own: none of them outlives this process,
/// however that ends.
final class HostedProgram: Sendable {
    /// What is to be run, and how.
    struct Plan: Sendable {
        var role: SocketRole
        /// The program and its arguments.
        var arguments: [String]
        /// As `name=value`.
        var environment: [String]
        /// The command that runs `ProgramInit.run` with the arguments that follow.
        var initCommand: [String]
        /// Where; nil for the calling thread's network namespace.
        var namespace: NetworkNamespace?
        /// Whether it may run without a process namespace where the system gives none.
        var mayLackProcessNamespace = false
        /// Whether it takes over standard input and output, and the terminal behind them. Otherwise its input is empty, and what
        /// it writes is handed on in lines.
        var isInteractive = false
    }

    private struct State {
        var ending: ProgramEnding?
        var failure: ProgramError?
        var isGone = false
    }

    private let lifeline: Int32
    private let state = Mutex(State())
    private let hasStarted = DispatchSemaphore(value: 0)
    private let onChange: @Sendable () -> Void

    /// Starts it.
    ///
    /// - Parameters:
    ///   - onLine: takes each line that it writes, on a thread of its own.
    ///   - onChange: is called when it has ended, and when all that it started is gone.
    init(
        _ plan: Plan, onLine: @escaping @Sendable (ProgramLine) -> Void, onChange: @escaping @Sendable () -> Void
    ) throws(ProgramError) {
        self.onChange = onChange
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw ProgramError(.channel, errno: errno) }
        lifeline = ends[0]
        let far = ends[1]
        var descriptors = [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, far]
        var readers: [LineReader] = []
        var given = [far]
        do throws(ProgramError) {
            if !plan.isInteractive {
                let nothing = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
                guard nothing >= 0 else { throw ProgramError(.channel, errno: errno) }
                given.append(nothing)
                descriptors[0] = nothing
                for (index, stream) in [ProgramLine.Stream.standardOutput, .standardError].enumerated() {
                    let reader = try LineReader(role: plan.role, stream, onLine)
                    readers.append(reader)
                    given.append(reader.writeEnd)
                    descriptors[index + 1] = reader.writeEnd
                }
            }
            let (places, gifts, lines) = (descriptors, given, readers)
            do throws(ThreadError) {
                _ = try SystemThread { [self] in tend(plan, descriptors: places, given: gifts, readers: lines) }
            } catch {
                throw ProgramError(.thread, errno: error.errno)
            }
        } catch {
            for descriptor in given { close(descriptor) }
            throw error
        }
        hasStarted.wait()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    deinit { close(lifeline) }

    /// How the program ended; nil while it runs.
    var ending: ProgramEnding? { state.withLock { $0.ending } }
    /// Whether nothing of it runs any more, and all that it wrote was handed on.
    var isGone: Bool { state.withLock { $0.isGone } }
    /// Why it was not started after all.
    var failure: ProgramError? { state.withLock { $0.failure } }

    /// Sends SIGTERM to all of it.
    func terminate() {
        var order = ProgramInit.Message.terminate
        _ = unsafe send(lifeline, &order, 1, Int32(MSG_NOSIGNAL))
    }

    /// Kills all of it.
    func kill() { shutdown(lifeline, Int32(SHUT_RDWR)) }

    /// The thread of the program: from its start until all of it is gone.
    private func tend(_ plan: Plan, descriptors: [Int32], given: [Int32], readers: [LineReader]) {
        let started = start(plan, descriptors: descriptors)
        for descriptor in given { close(descriptor) }
        switch started {
        case .failure(let error):
            state.withLock {
                $0.failure = error
                $0.isGone = true
            }
            hasStarted.signal()
        case .success(let process):
            hasStarted.signal()
            listen()
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
            for reader in readers { reader.waitForEnd() }
            state.withLock {
                // Its init was killed with it.
                if $0.ending == nil { $0.ending = .signalled(SIGKILL) }
                $0.isGone = true
            }
        }
        onChange()
    }

    private func start(_ plan: Plan, descriptors: [Int32]) -> Result<pid_t, ProgramError> {
        do throws(PrivateNetworkError) {
            try plan.namespace?.enter()
        } catch {
            return .failure(ProgramError(.start, errno: error.errno))
        }
        // It moves the processes that this thread starts, and forbids it to start threads.
        if wirewatch_unshare(Int32(WIREWATCH_CLONE_NEWPID)) != 0, !plan.mayLackProcessNamespace {
            return .failure(ProgramError(.processNamespace, errno: errno))
        }
        return SpawnedProcess.start(
            plan.initCommand + plan.arguments, environment: plan.environment, descriptors: descriptors
        ).mapError { ProgramError(.start, errno: $0.value) }
    }

    /// Takes what the init says, until its end.
    private func listen() {
        var message = [UInt8](repeating: 0, count: 5)
        while true {
            let count = unsafe recv(lifeline, &message, message.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count == message.count else { return }
            let bits = message[1...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let value = Int32(bitPattern: bits)
            state.withLock {
                switch message[0] {
                case ProgramInit.Message.ended: $0.ending = ProgramEnding(waitStatus: value)
                default: $0.failure = ProgramError(.start, errno: value)
                }
            }
            onChange()
        }
    }
}
