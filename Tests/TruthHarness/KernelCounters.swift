import Lab

/// The kernel's counters of one network namespace that tell why segments were sent again, and whether all could be
/// (/proc/net/netstat, "TcpExt"). They count all connections of the namespace together.
enum KernelCounters {
    private static let names: Set<Substring> = [
        "TCPFastRetrans", "TCPSlowStartRetrans", "TCPLossProbes", "TCPTimeouts", "TCPLostRetransmit", "TCPRetransFail",
        "TCPSynRetrans", "TCPSpuriousRTOs", "TCPDSACKRecv",
    ]

    /// The kernel does not show them.
    struct Unreadable: Error {}

    /// Reads those of the calling thread's namespace. Their process's would be another's: /proc/net is its main thread's.
    static func read() throws(Unreadable) -> [String: Int] {
        guard let text = ProcFile.text("/proc/thread-self/net/netstat") else { throw Unreadable() }
        // Names stand in one line, figures in the next.
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("TcpExt:") }.map { $0.split(separator: " ") }
        guard rows.count == 2 else { throw Unreadable() }
        var counters: [String: Int] = [:]
        for (name, value) in zip(rows[0], rows[1]) where names.contains(name) {
            counters[String(name)] = Int(value)
        }
        return counters
    }
}
