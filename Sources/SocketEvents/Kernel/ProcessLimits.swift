internal import Glibc

/// What the kernel lets this process hold (getrlimit(2), proc(5)).
public enum ProcessLimits {
    /// Raises the soft limit of open descriptors to the hard one, and returns what holds then. Unlimited is `Int.max`.
    @discardableResult
    public static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        if soft != limit.rlim_max, unsafe setrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            limit.rlim_cur = soft
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many more threads this process may start, by the tightest of the limits that can be read, and that limit's name.
    public static func threadRoom() -> (count: Int, limit: String) {
        var rooms: [(count: Int, limit: String)] = []
        var limit = rlimit()
        if unsafe getrlimit(Int32(__RLIMIT_NPROC.rawValue), &limit) == 0 {
            rooms.append((Int(clamping: limit.rlim_cur), "ulimit -u"))
        }
        for path in ["/proc/sys/kernel/threads-max", "/proc/sys/kernel/pid_max", "/sys/fs/cgroup/pids.max"] {
            if let count = number(in: path) { rooms.append((count, path)) }
        }
        if let maps = number(in: "/proc/sys/vm/max_map_count") {
            // A thread's stack and its guard page are a mapping each; a few hundred are the program's own.
            rooms.append((max(1, (maps - 1000) / 2), "/proc/sys/vm/max_map_count"))
        }
        return rooms.min { $0.count < $1.count } ?? (1000, "none")
    }

    /// The number that a file of proc(5) holds; nil where there is no such file, or no limit in it.
    private static func number(in path: String) -> Int? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 32)
        let count = unsafe read(descriptor, &text, text.count)
        let digits = text.prefix(max(0, count)).prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
