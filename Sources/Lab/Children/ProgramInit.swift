internal import CLinux
internal import Glibc
internal import TrafficBlocking

/// The first process on a host: it starts the host's program, collects all that end, and takes them with it when it ends.
///
/// It is wirewatch itself, started anew in a process namespace of its own (pid_namespaces(7)), where it has the number 1:
/// the kernel kills the whole namespace when it ends, and it ends when the lifeline to the wirewatch that started it is
/// closed, however that came about. Where the system gives no process namespace, it adopts the orphans among its
/// descendants (PR_SET_CHILD_SUBREAPER) and kills them all itself.
public enum ProgramInit {
    /// The descriptor of the lifeline: a socket of whole messages.
    static let lifeline: Int32 = 3

    /// What is said over the lifeline.
    enum Message {
        /// To the init: send SIGTERM to all processes.
        static let terminate = UInt8(ascii: "T")
        /// From the init: the program has ended; its wait status follows.
        static let ended = UInt8(ascii: "E")
        /// From the init: the program was not started; the errno follows.
        static let failed = UInt8(ascii: "F")
    }

    /// Runs `arguments` to the end of all that it starts, or of the lifeline.
    ///
    /// - Parameter isInteractive: the program takes the terminal over; it has none otherwise.
    public static func run(_ arguments: [String], isInteractive: Bool) -> Never {
        _ = fcntl(lifeline, F_SETFD, FD_CLOEXEC)
        // Libraries of the parent's open descriptors that they do not mark to be closed.
        wirewatch_close_from(lifeline + 1)
        // Of number 1 the kernel keeps signals away that it does not handle; of another it does not.
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGTTOU] { signal(number, SIG_IGN) }
        let isFirst = getpid() == 1
        if isFirst { seeOwnProcesses() } else { _ = wirewatch_become_subreaper() }
        if isInteractive {
            setpgid(0, 0)
            tcsetpgrp(STDIN_FILENO, getpgrp())
        } else {
            setsid()
        }
        let descriptors = [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        switch SpawnedProcess.start(arguments, environment: SpawnedProcess.environment, descriptors: descriptors) {
        case .failure(let error):
            say(Message.failed, error.value)
            _exit(127)
        case .success(let program):
            do throws(ThreadError) {
                _ = try SystemThread { collect(program) }
            } catch {
                say(Message.failed, error.errno)
                _exit(127)
            }
        }
        obey(isFirst: isFirst)
    }

    /// Puts a /proc of this process namespace in place of the outer one, in which its processes and threads have other numbers:
    /// a runtime that looks its own threads up there, as Dispatch does, stops its program where it does not find them.
    ///
    /// Where the system refuses, the outer one stays.
    private static func seeOwnProcesses() {
        let entrances = HostEntrance.opened()
        guard wirewatch_mount_own_proc() == 0 else {
            for entrance in entrances { close(entrance.descriptor) }
            return
        }
        for entrance in entrances { HostEntrance.name(entrance) }
    }

    private static func say(_ kind: UInt8, _ value: Int32) {
        let bits = UInt32(bitPattern: value)
        let message = [kind] + (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
        // Where nobody listens, the lifeline's end says so too.
        _ = unsafe send(lifeline, message, message.count, Int32(MSG_NOSIGNAL))
    }

    /// Collects processes until none is left.
    private static func collect(_ program: pid_t) {
        while true {
            var status: Int32 = 0
            let ended = unsafe waitpid(-1, &status, 0)
            if ended == program { say(Message.ended, status) }
            if ended < 0, errno != EINTR { _exit(0) }
        }
    }

    /// Does what the lifeline says, until it ends.
    private static func obey(isFirst: Bool) -> Never {
        while true {
            var order: UInt8 = 0
            let count = unsafe recv(lifeline, &order, 1, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            guard order == Message.terminate else { continue }
            if isFirst { kill(-1, SIGTERM) } else { Descendants.signal(SIGTERM) }
        }
        if !isFirst { Descendants.killAll() }
        _exit(0)
    }
}
