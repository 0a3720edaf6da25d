public import PacketDecode

/// What has arrived of one sender's datagrams: counts, and where they are numbered what is missing of them, and the jitter.
public struct DatagramStream: Sendable, Hashable {
    /// When the first datagram arrived.
    public let first: Timestamp
    /// When the last one did.
    public private(set) var last: Timestamp
    private let width: DatagramNumber.Width?
    private var arrived = DatagramCounts()
    private var tracker: NumberTracker?
    private var estimate = InterarrivalJitter()

    /// A stream whose first datagram arrives at `first`; `width` is nil where its datagrams are not numbered.
    public init(first: Timestamp, width: DatagramNumber.Width?) {
        self.first = first
        last = first
        self.width = width
        tracker = width.map { _ in NumberTracker() }
    }

    /// Takes in a datagram of `length` octets, of which `content` are those that the receive buffer took.
    public mutating func observe(_ content: Span<UInt8>, length: Int, arrival: Timestamp) {
        last = max(last, arrival)
        arrived.datagrams += 1
        arrived.octets += UInt64(content.count)
        arrived.lostOctets += UInt64(max(0, length - content.count))
        guard let width else { return }
        guard let head = DatagramNumber(decoding: content, width: width) else {
            arrived.unplaced += 1
            return
        }
        let number = width == .bits32 ? tracker?.unwrapped(UInt32(truncatingIfNeeded: head.number)) : head.number
        // What fits nothing says nothing of the time on the way either.
        guard let number, let verdict = tracker?.observe(number), verdict != .unplaced else { return }
        estimate.observe(sent: head.sent.nanosecondsSinceEpoch, arrived: arrival.nanosecondsSinceEpoch)
    }

    /// The sender says that its last number was `last`.
    public mutating func end(at last: UInt64) { tracker?.end(at: last) }

    /// What has been counted so far.
    public var counts: DatagramCounts {
        var counts = arrived
        if let tracker {
            counts.total = tracker.total
            counts.distinct = tracker.distinct
            counts.doubled = tracker.doubled
            counts.outOfOrder = tracker.outOfOrder
            counts.unplaced += tracker.unplaced
        }
        return counts
    }

    /// The interarrival jitter (RFC 3550 §6.4.1) in nanoseconds; nil where datagrams are not numbered.
    public var jitter: Int64? { tracker == nil ? nil : Int64(min(estimate.nanoseconds, 9e18)) }
}
