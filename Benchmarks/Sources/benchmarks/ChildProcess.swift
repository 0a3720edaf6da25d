import Glibc

/// A program that is run to its end, with its output thrown away.
enum ChildProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func run(_ arguments: [String]) throws(Failure) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe argv.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let status = unsafe posix_spawnp(&child, arguments[0], &actions, nil, &argv, environ)
        guard status == 0 else {
            throw Failure(description: "\(arguments[0]): \(unsafe String(cString: strerror(status)))")
        }
        var ending: Int32 = 0
        while unsafe waitpid(child, &ending, 0) < 0, errno == EINTR {}
        guard ending == 0 else { throw Failure(description: "\(arguments.joined(separator: " ")): status \(ending)") }
    }
}
