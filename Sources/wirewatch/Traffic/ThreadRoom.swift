import SocketEvents

/// How many clients a server can hold that gives each a thread, and what limits it.
struct ThreadRoom {
    let clients: Int
    /// The limit's name, as one looks it up or changes it.
    let limit: String

    /// `descriptors`: how many this process may have open.
    init(descriptors: Int) {
        let threads = ProcessLimits.threadRoom()
        // Each side keeps a few for itself: standard streams, the listener, a client that is refused; the main thread.
        let byDescriptors = max(1, descriptors - 32)
        let byThreads = max(1, threads.count - 32)
        (clients, limit) =
            byDescriptors <= byThreads ? (byDescriptors, "ulimit -n") : (byThreads, threads.limit)
    }

    var words: String { "room for \(clients) clients at once, a thread each (the limit is \(limit))" }
}
