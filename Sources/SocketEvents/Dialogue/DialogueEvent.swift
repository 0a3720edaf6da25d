public import PacketDecode

/// What a program learned from a conversation, above its socket calls.
public struct DialogueEvent: Sendable, Hashable {
    public enum Happening: Sendable, Hashable {
        /// The peer's line.
        case received(StreamLine)
        /// A line of ours.
        case sent(StreamLine)
        case ping(PingReport)
        case service(ServiceReport)
    }

    public var role: SocketRole
    public var manner: IOManner
    /// When it was known, on the frames' clock.
    public var timestamp: Timestamp
    public var local: Endpoint?
    /// The other end; nil where it concerns all clients of a server.
    public var peer: Endpoint?
    public var happening: Happening

    public init(
        role: SocketRole, manner: IOManner, timestamp: Timestamp, local: Endpoint?, peer: Endpoint?,
        happening: Happening
    ) {
        self.role = role
        self.manner = manner
        self.timestamp = timestamp
        self.local = local
        self.peer = peer
        self.happening = happening
    }
}

/// What came of a ping.
public enum PingReport: Sendable, Hashable {
    /// The peer asked, and was answered.
    case wasAsked(UInt64)
    case asked(UInt64)
    /// The peer answered, so many nanoseconds after it was asked.
    case answered(UInt64, roundTrip: Int64)
    /// The peer answers no pings, though its kernel acknowledges them; it is asked no more.
    case notUnderstood(UInt64)
    /// The peer has vanished: the conversation ends.
    case unanswered(PingMachine.Silence)
}

/// What a server did to its clients, or a conversation's owner to its peer.
public enum ServiceReport: Sendable, Hashable {
    /// Nobody is accepted for now: the process or the system lacks what this errno names.
    case acceptingPaused(errno: Int32)
    /// Everybody who waited is accepted again, so many nanoseconds after the pause began.
    case acceptingResumed(after: Int64)
    /// There are as many clients as the server holds: this one was told so, and closed.
    case refused(clients: Int)
    /// The client completed no line for so many nanoseconds, and was closed.
    case idle(Int64)
    /// The peer did not end its half within so many nanoseconds of silence after ours, and was closed.
    case graceOver(Int64)
    /// No new clients: these have so many nanoseconds to finish.
    case draining(clients: Int, grace: Int64)
    /// So many clients were cut off, for their time is over.
    case dropped(clients: Int)
}

/// What a conversation's owner does with each event: called on the thread, or in the task, that made it.
public typealias DialogueSink = @Sendable (DialogueEvent) -> Void

/// Makes the dialogue events of one socket's owner and hands them to its sink.
public struct DialogueRecorder: Sendable {
    public var role: SocketRole
    public var manner: IOManner
    public var sink: DialogueSink

    public init(role: SocketRole, manner: IOManner, sink: @escaping DialogueSink) {
        self.role = role
        self.manner = manner
        self.sink = sink
    }

    /// One that nobody listens to, beside `recorder`.
    public static func silent(beside recorder: SocketEventRecorder) -> DialogueRecorder {
        DialogueRecorder(role: recorder.role, manner: recorder.manner) { _ in }
    }

    public func record(_ happening: DialogueEvent.Happening, local: Endpoint?, peer: Endpoint?) {
        sink(
            DialogueEvent(
                role: role, manner: manner, timestamp: .now, local: local, peer: peer, happening: happening))
    }
}
