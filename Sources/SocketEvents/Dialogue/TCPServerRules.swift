/// How a TCP server treats its clients, in either manner.
public struct TCPServerRules: Sendable, Hashable {
    public var dialogue = LineDialogue.Rules()
    /// Clients that are served at once; further ones are told that the server is full, and closed. Nil for no such limit.
    public var clientLimit: Int?
    /// Nanoseconds that clients have to finish when the server stops.
    public var grace: Int64 = 0

    public init() {}

    /// What a client is told for whom there is no place.
    public static func refusal(clients: Int) -> [UInt8] {
        Array("server is full: \(clients) \(clients == 1 ? "client" : "clients")\n".utf8)
    }
}

/// How one side of a conversation behaves that has something of its own to say.
public struct ConversationRules: Sendable, Hashable {
    /// What is done when there is nothing more to say.
    public enum Ending: Sendable, Hashable {
        /// Our half ends, and the peer may go on until it ends its half, or the dialogue's grace is over.
        case inOrder
        /// The socket is closed, whatever the peer still says: by a reset, or after waiting, where its `linger` says so.
        case atOnce
    }

    public var dialogue = LineDialogue.Rules()
    public var ending = Ending.inOrder
    /// Whether our own lines are dialogue events too.
    public var showsSentLines = false

    public init() {}
}
