/// The sockets of a network namespace that wait for someone: TCP listeners and UDP sockets without a peer.
enum ListeningSockets {
    /// Those of the calling thread's namespace, told apart by their inodes.
    static func current() -> Set<String> {
        var found: Set<String> = []
        // Of proc(5): /proc/net would be that of the main thread.
        for (table, state) in [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")] {
            found.formUnion(parse(ProcFile.text("/proc/thread-self/net/\(table)") ?? "", state: state))
        }
        return found
    }

    /// The inodes of the table's sockets that are in that state.
    static func parse(_ table: String, state: String) -> Set<String> {
        var inodes: Set<String> = []
        for line in table.split(separator: "\n").dropFirst() {
            // sl local_address rem_address st tx_queue:rx_queue tr:when retrnsmt uid timeout inode …
            let fields = line.split(separator: " ")
            if fields.count > 9, fields[3] == state { inodes.insert(String(fields[9])) }
        }
        return inodes
    }
}
