/// What the kernel counted of resends in a network namespace.
enum KernelRetransmissions {
    /// TCP segments that were sent again in the calling thread's namespace (RFC 4022 tcpRetransSegs); nil where the kernel
    /// does not say.
    static func current() -> UInt64? { parse(ProcFile.text("/proc/thread-self/net/snmp") ?? "") }

    /// The figure in the text of /proc/net/snmp: names stand in one line, figures in the next.
    static func parse(_ text: String) -> UInt64? {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("Tcp:") }.map { $0.split(separator: " ") }
        guard lines.count == 2, let place = lines[0].firstIndex(of: "RetransSegs"), place < lines[1].count else {
            return nil
        }
        return UInt64(lines[1][place])
    }
}
