/// What a program asks of a socket, in the names of socket(7)'s calls.
public enum SocketCall: String, Sendable, Hashable, CaseIterable {
    case bind, listen, connect, accept, send, receive, shutdown, close
}

/// The part that the owner of a socket plays in an exchange.
public enum SocketRole: String, Sendable, Hashable, CaseIterable {
    /// Opened a TCP connection.
    case client
    /// Listens for TCP connections, or accepted this one.
    case server
    /// Sends UDP datagrams.
    case sender
    /// Receives UDP datagrams.
    case receiver
}

/// How a call was made.
public enum IOManner: String, Sendable, Hashable, CaseIterable {
    /// A system call that holds its thread until it is done. An event's times enclose the system call.
    case blocking
    /// A call of SwiftNIO or of a readiness source. An event's times enclose that call, not the system call under it.
    case async
}
