public import PacketDecode

/// What one end moved over a span of time: what iperf3's users know as an interval line.
public struct TrafficReport: Sendable, Hashable {
    /// What a report is about.
    public enum Extent: String, Sendable, Hashable, CaseIterable {
        /// One interval of those that follow each other.
        case interval
        /// An interval before measuring begins, while a stream finds its speed (iperf3's `--omit`): no total counts it.
        case omitted
        /// All that was moved.
        case total
    }

    /// What was measured, by the transport.
    public enum Figures: Sendable, Hashable {
        case datagrams(DatagramFigures)
        case stream(StreamFigures)
    }

    /// Whose figures they are. A sender may hold its receiver's.
    public var role: SocketRole
    public var manner: IOManner
    public var extent: Extent
    /// A number for the stream, from 1; nil for the sum of all.
    public var stream: Int?
    public var local: Endpoint?
    public var peer: Endpoint?
    /// When measuring began.
    public var origin: Timestamp
    public var start: Timestamp
    public var end: Timestamp
    public var figures: Figures

    public init(
        role: SocketRole, manner: IOManner, extent: Extent, stream: Int?, local: Endpoint? = nil, peer: Endpoint? = nil,
        origin: Timestamp, start: Timestamp, end: Timestamp, figures: Figures
    ) {
        self.role = role
        self.manner = manner
        self.extent = extent
        self.stream = stream
        self.local = local
        self.peer = peer
        self.origin = origin
        self.start = start
        self.end = end
        self.figures = figures
    }

    /// Octets of payload that were moved.
    public var octets: UInt64 {
        switch figures {
        case .datagrams(let figures): figures.counts.octets
        case .stream(let figures): figures.octets
        }
    }

    /// Bits of payload a second; zero where the span has no length.
    public var bitsPerSecond: Double {
        let span = start.distance(to: end)
        return span > 0 ? Double(octets) * 8e9 / Double(span) : 0
    }
}

/// What was measured of datagrams.
public struct DatagramFigures: Sendable, Hashable {
    public var counts: DatagramCounts
    /// Whether the datagrams are numbered, and the counts tell what became of the numbers. Not so at a sender, who uses them all.
    public var isNumbered: Bool
    /// The interarrival jitter (RFC 3550 §6.4.1) at the span's end, in nanoseconds; nil where datagrams are not numbered, at
    /// a sender, and in a sum.
    public var jitter: Int64?
    /// Datagrams that the kernel dropped at the socket, whoever sent them; nil in the report of one stream.
    public var droppedByKernel: UInt64?

    public init(
        counts: DatagramCounts, isNumbered: Bool = false, jitter: Int64? = nil, droppedByKernel: UInt64? = nil
    ) {
        self.counts = counts
        self.isNumbered = isNumbered
        self.jitter = jitter
        self.droppedByKernel = droppedByKernel
    }
}

/// What was measured of a stream of octets.
public struct StreamFigures: Sendable, Hashable {
    public var octets: UInt64
    /// Segments that were sent again, as the kernel counts them; nil at the receiver.
    public var retransmissions: UInt64?
    /// The congestion window at the span's end, in octets.
    public var congestionWindow: UInt64?
    /// The smoothed round-trip time at the span's end, in nanoseconds.
    public var roundTripTime: Int64?

    public init(
        octets: UInt64, retransmissions: UInt64? = nil, congestionWindow: UInt64? = nil, roundTripTime: Int64? = nil
    ) {
        self.octets = octets
        self.retransmissions = retransmissions
        self.congestionWindow = congestionWindow
        self.roundTripTime = roundTripTime
    }
}
