public import PacketDecode

/// What a receiver answers to a `StreamEnd`: what has arrived of the sender's datagrams.
public struct PeerReport: Sendable, Hashable {
    public var counts: DatagramCounts
    /// The interarrival jitter, in nanoseconds.
    public var jitter: Int64
    /// When the first datagram arrived, and the last, by the receiver's clock.
    public var first: Timestamp
    public var last: Timestamp

    public init(counts: DatagramCounts, jitter: Int64, first: Timestamp, last: Timestamp) {
        self.counts = counts
        self.jitter = jitter
        self.first = first
        self.last = max(first, last)
    }

    private static let mark = Array("ww:heard".utf8)

    /// Nil where the datagram is another.
    public init?(decoding octets: Span<UInt8>) {
        let fields = DatagramCounts.fields
        guard octets.count == Self.mark.count + 8 * (fields.count + 3) else { return nil }
        for (index, byte) in Self.mark.enumerated() where octets[index] != byte { return nil }
        var place = Self.mark.count
        func next() -> UInt64 {
            defer { place += 8 }
            return octets.number(at: place, octets: 8)
        }
        var counts = DatagramCounts()
        for field in fields { counts[keyPath: field] = next() }
        let jitter = Int64(clamping: next())
        let first = Timestamp(nanosecondsSinceEpoch: Int64(bitPattern: next()))
        let last = Timestamp(nanosecondsSinceEpoch: Int64(bitPattern: next()))
        self.init(counts: counts, jitter: jitter, first: first, last: last)
    }

    /// The datagram: `mark`, then words of 64 bits.
    public var encoded: [UInt8] {
        var octets = Self.mark
        for field in DatagramCounts.fields { octets.append(networkOrder: counts[keyPath: field]) }
        octets.append(networkOrder: UInt64(max(0, jitter)))
        octets.append(networkOrder: UInt64(bitPattern: first.nanosecondsSinceEpoch))
        octets.append(networkOrder: UInt64(bitPattern: last.nanosecondsSinceEpoch))
        return octets
    }
}
