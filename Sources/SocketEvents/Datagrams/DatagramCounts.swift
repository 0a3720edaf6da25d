/// What was counted of a stream of datagrams, since its start or over an interval.
public struct DatagramCounts: Sendable, Hashable {
    /// Datagrams that were sent, or that arrived, doubled ones included.
    public var datagrams: UInt64 = 0
    /// Octets of them that the program gave or got.
    public var octets: UInt64 = 0
    /// Octets that a receive buffer could not hold.
    public var lostOctets: UInt64 = 0
    /// Numbers that the sender is known to have used; zero where datagrams have none, as all that follow.
    public var total: UInt64 = 0
    /// Numbers that came for the first time.
    public var distinct: UInt64 = 0
    public var doubled: UInt64 = 0
    public var outOfOrder: UInt64 = 0
    /// Datagrams without a number, or with one that fits nothing seen before.
    public var unplaced: UInt64 = 0

    public init() {}

    /// Numbers that did not come. Over an interval it is negative where more came late than were missed.
    public var lost: Int64 { Int64(bitPattern: total &- distinct) }

    /// What was counted since `earlier`.
    public func since(_ earlier: DatagramCounts) -> DatagramCounts {
        combined(with: earlier, &-)
    }

    /// The sums with another stream's.
    public func adding(_ other: DatagramCounts) -> DatagramCounts {
        combined(with: other, &+)
    }

    private func combined(with other: DatagramCounts, _ operation: (UInt64, UInt64) -> UInt64) -> DatagramCounts {
        var result = self
        for field in Self.fields { result[keyPath: field] = operation(self[keyPath: field], other[keyPath: field]) }
        return result
    }

    /// All counts, in the order in which a `PeerReport` holds them.
    static var fields: [WritableKeyPath<DatagramCounts, UInt64>] {
        [\.datagrams, \.octets, \.lostOctets, \.total, \.distinct, \.doubled, \.outOfOrder, \.unplaced]
    }
}
