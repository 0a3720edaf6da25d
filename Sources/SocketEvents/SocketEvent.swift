public import PacketDecode

/// One call on a socket: who made it, when, and what came of it.
public struct SocketEvent: Sendable, Hashable {
    public var role: SocketRole
    public var call: SocketCall
    public var manner: IOManner
    /// When the call began, on the frames' clock (CLOCK_REALTIME).
    public var start: Timestamp
    /// When the call returned, on the frames' clock.
    public var end: Timestamp
    /// The socket's own end, where it has one.
    public var local: Endpoint?
    /// The other end, where it is known.
    public var peer: Endpoint?
    /// Octets that the call moved between the program and the kernel. Zero from a `receive` on a TCP connection means that
    /// the peer has ended its half of the stream.
    public var octets: Int?
    /// For a UDP `receive`: the octets of the datagram as it was sent, as the kernel tells with MSG_TRUNC. What exceeds
    /// `octets` did not fit the receive buffer and is lost.
    public var datagramLength: Int?
    /// The first of the octets that were moved: at most `defaultContentLimit` unless the socket was told otherwise, and never
    /// more than `octets`.
    public var content: [UInt8]
    /// Why the call failed; nil where it did not.
    public var failure: SocketError?

    /// Octets of content that an event keeps where nothing else is asked.
    public static let defaultContentLimit = 64

    public init(
        role: SocketRole, call: SocketCall, manner: IOManner, start: Timestamp, end: Timestamp, local: Endpoint? = nil,
        peer: Endpoint? = nil, octets: Int? = nil, datagramLength: Int? = nil, content: [UInt8] = [],
        failure: SocketError? = nil
    ) {
        self.role = role
        self.call = call
        self.manner = manner
        self.start = start
        self.end = end
        self.local = local
        self.peer = peer
        self.octets = octets
        self.datagramLength = datagramLength
        self.content = content
        self.failure = failure
    }

    /// Octets of a UDP datagram that the receive buffer could not hold; nil where that is not known.
    public var lostOctets: Int? {
        guard let datagramLength, let octets else { return nil }
        return datagramLength - octets
    }

    /// Whether a `receive` found the end of the peer's stream.
    public var isEndOfStream: Bool { call == .receive && octets == 0 && datagramLength == nil && failure == nil }

    /// Where the event stands on a timeline: what takes from the network at its end, when the program has it; what gives
    /// to the network at its start, before the frames that it causes. A connect that failed stands at its end: it is what the
    /// network answered.
    public var timelineTime: Timestamp {
        switch call {
        case .receive, .accept: end
        case .connect: failure == nil ? start : end
        case .bind, .listen, .send, .shutdown, .close: start
        }
    }
}

/// What a socket's owner does with each event: called on the thread, or in the task, that made the call.
public typealias SocketEventSink = @Sendable (SocketEvent) -> Void
