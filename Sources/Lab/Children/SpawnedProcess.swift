package import Glibc

/// Starting a program with posix_spawn(3).
package enum SpawnedProcess {
    /// Starts `arguments`, found by PATH unless it has a slash, on the calling thread and so in its namespaces. The program
    /// has no signal blocked or ignored, whatever the caller does.
    ///
    /// - Parameter descriptors: the caller's descriptor for each of the program's, from 0.
    /// - Returns: the process's number, or the errno.
    package static func start(
        _ arguments: [String], environment: [String], descriptors: [Int32]
    ) -> Result<pid_t, ErrorNumber> {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in descriptors.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }

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

        var argumentStrings = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe argumentStrings.forEach { unsafe free($0) } }
        var environmentStrings = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe environmentStrings.forEach { unsafe free($0) } }
        var identifier: pid_t = 0
        let code = unsafe posix_spawnp(
            &identifier, arguments.first ?? "", &actions, &attributes, &argumentStrings, &environmentStrings)
        return code == 0 ? .success(identifier) : .failure(ErrorNumber(value: code))
    }

    /// An errno as an error.
    package struct ErrorNumber: Error {
        package let value: Int32
    }

    /// The environment of the calling process, as `name=value`.
    package static var environment: [String] {
        var strings: [String] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            strings.append(unsafe String(cString: entry))
            unsafe next += 1
        }
        return strings
    }
}
