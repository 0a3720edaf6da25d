/// What the kernel knows of one TCP connection: the fields of Linux's TCP_INFO that tell of loss and pace.
///
/// Each is nil where the kernel's answer was too short to hold it.
public struct TCPInfo: Sendable, Hashable {
    public var state: State?
    /// The retransmission timeout, in microseconds.
    public var retransmissionTimeout: UInt32?
    /// The smoothed round-trip time, in microseconds.
    public var roundTripTime: UInt32?
    /// The round-trip time's variation, in microseconds.
    public var roundTripTimeVariation: UInt32?
    /// The congestion window, in segments.
    public var congestionWindow: UInt32?
    /// The slow-start threshold, in segments; 0x7FFFFFFF means that none has been set.
    public var slowStartThreshold: UInt32?
    /// Segments sent and not yet acknowledged.
    public var unacknowledged: UInt32?
    /// Octets that the program has given and that were not sent yet.
    public var unsentOctets: UInt32?
    /// Timeouts in a row for the segment that now waits.
    public var retransmits: UInt8?
    /// Segments that were sent again, over the connection's life.
    public var totalRetransmissions: UInt32?
    /// Milliseconds since the last acknowledgment that came.
    public var sinceLastAcknowledgment: UInt32?
    /// Octets that the peer has acknowledged (RFC 4898 tcpEStatsAppHCThruOctetsAcked).
    public var bytesAcknowledged: UInt64?
    /// Octets received in order (RFC 4898 tcpEStatsAppHCThruOctetsReceived).
    public var bytesReceived: UInt64?
    /// Segments sent, resends and pure ACKs included.
    public var segmentsOut: UInt32?
    /// Segments received.
    public var segmentsIn: UInt32?
    /// The largest segment that is sent, in octets of payload.
    public var sendMaximumSegmentSize: UInt32?
    /// The peer's window as last advertised, in octets.
    public var sendWindow: UInt32?
    /// The window last advertised to the peer, in octets.
    public var receiveWindow: UInt32?

    public init() {}

    /// Whether the peer has acknowledged all that the program has given.
    public var isAllAcknowledged: Bool { unacknowledged == 0 && (unsentOctets ?? 0) == 0 }

    /// A connection's state, in the kernel's numbers (RFC 9293 §3.3.2 and Linux's NEW_SYN_RECV). Unknown numbers are kept.
    public struct State: RawRepresentable, Sendable, Hashable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let established = State(rawValue: 1)
        public static let synSent = State(rawValue: 2)
        public static let synReceived = State(rawValue: 3)
        public static let finWait1 = State(rawValue: 4)
        public static let finWait2 = State(rawValue: 5)
        public static let timeWait = State(rawValue: 6)
        public static let closed = State(rawValue: 7)
        public static let closeWait = State(rawValue: 8)
        public static let lastAcknowledgment = State(rawValue: 9)
        public static let listen = State(rawValue: 10)
        public static let closing = State(rawValue: 11)
    }
}
