internal import Glibc

/// The processes that the calling one started, and those that they started.
enum Descendants {
    /// Sends a signal to each.
    static func signal(_ number: Int32) {
        for process in of(getpid()) { kill(process, number) }
    }

    /// Kills all of them. A killed one's children come to the caller, which must be a subreaper, so it looks again until
    /// none is left; another thread collects them.
    static func killAll() {
        // What takes longer sits in the kernel, where nothing can be done.
        for _ in 0..<400 {
            let left = of(getpid())
            guard !left.isEmpty else { return }
            for process in left { kill(process, SIGKILL) }
            usleep(5_000)
        }
    }

    /// By /proc/PID/task/TID/children (proc(5)); parents before their children.
    private static func of(_ process: pid_t) -> [pid_t] {
        var found: [pid_t] = []
        var pending = [process]
        while let next = pending.popLast() {
            for thread in threads(of: next) {
                let text = ProcFile.text("/proc/\(next)/task/\(thread)/children") ?? ""
                let children = text.split(separator: " ").compactMap { pid_t($0) }
                found += children
                pending += children
            }
        }
        return found
    }

    private static func threads(of process: pid_t) -> [String] {
        guard let folder = unsafe opendir("/proc/\(process)/task") else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.first?.isNumber == true { names.append(name) }
        }
        return names
    }
}
