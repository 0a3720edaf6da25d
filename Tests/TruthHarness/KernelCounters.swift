import Foundation

/// The kernel's counters of one network namespace that tell why segments were sent again, and whether all could be
/// (/proc/net/netstat, "TcpExt"). They count all connections of the namespace together.
enum KernelCounters {
    private static let names: Set<String> = [
        "TCPFastRetrans", "TCPSlowStartRetrans", "TCPLossProbes", "TCPTimeouts", "TCPLostRetransmit", "TCPRetransFail",
        "TCPSynRetrans", "TCPSpuriousRTOs", "TCPDSACKRecv",
    ]

    /// Reads those of the calling thread's namespace. Their process's would be another's: /proc/net is its main thread's.
    static func read() throws -> [String: Int] {
        let text = try String(contentsOfFile: "/proc/thread-self/net/netstat", encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("TcpExt:") }.map { $0.split(separator: " ") }
        guard rows.count == 2 else { return [:] }
        var counters: [String: Int] = [:]
        for (name, value) in zip(rows[0], rows[1]) where names.contains(String(name)) {
            counters[String(name)] = Int(value)
        }
        return counters
    }
}
