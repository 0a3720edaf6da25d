public import Glibc

/// What the kernel tells of another process at one moment (proc(5)).
public struct ProcessFigures: Sendable, Hashable {
    public var threads: Int
    /// VmRSS, in octets.
    public var residentOctets: Int
    /// Voluntary and other context switches of the threads that live now.
    public var contextSwitches: Int
    /// Processor time in the program and in the kernel, in nanoseconds.
    public var processorTime: Int64

    /// Nil where there is no such process, or its files may not be read.
    public init?(of process: pid_t) {
        guard let status = Self.fields(of: "/proc/\(process)/status"), let threads = status["Threads"],
            let resident = status["VmRSS"], let time = Self.processorTime(of: process)
        else { return nil }
        self.threads = threads
        residentOctets = resident * 1024
        processorTime = time
        contextSwitches = 0
        for thread in Self.entries(of: "/proc/\(process)/task") {
            // A thread may have ended since the folder was read.
            guard let status = Self.fields(of: "/proc/\(process)/task/\(thread)/status") else { continue }
            contextSwitches += status["voluntary_ctxt_switches"] ?? 0
            contextSwitches += status["nonvoluntary_ctxt_switches"] ?? 0
        }
    }

    /// The numbers of a file of lines such as `Threads:	4`.
    private static func fields(of path: String) -> [String: Int]? {
        guard let text = text(of: path) else { return nil }
        var fields: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == "\t" || $0 == " " }.prefix { $0.isNumber }
            if let number = Int(value) { fields[String(line[..<colon])] = number }
        }
        return fields
    }

    /// utime and stime: the 14th and 15th field of the process's stat, of which the second, in parentheses, may hold spaces.
    private static func processorTime(of process: pid_t) -> Int64? {
        guard let text = text(of: "/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else { return nil }
        return (user + system) * 1_000_000_000 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    private static func text(of path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }

    private static func entries(of folder: String) -> [String] {
        guard let open = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(open) }
        var names: [String] = []
        while let entry = unsafe readdir(open) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.first?.isNumber == true { names.append(name) }
        }
        return names
    }
}
