public import PacketDecode

/// What stands at the start of a numbered datagram: when it was sent, and its number in the stream, from 1.
///
/// The layout is that of iperf3's UDP tests, in network order:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                     Seconds since the epoch                   |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                          Microseconds                         |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                Number, of 32 bits or of 64 bits               |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// Which of the two widths it is the datagram does not say: both ends must be told (iperf3's `--udp-counters-64bit`).
public struct DatagramNumber: Sendable, Hashable {
    /// How wide the number is.
    public enum Width: Sendable, Hashable, CaseIterable {
        case bits32, bits64

        /// Octets of the whole head.
        public var headLength: Int { self == .bits32 ? 12 : 16 }
    }

    /// When the datagram was given to the kernel, by the sender's clock; whole microseconds.
    public var sent: Timestamp
    /// From 1. Of 32 bits only the low half counts. Zero is no datagram's number: it marks `StreamEnd`.
    public var number: UInt64

    public init(sent: Timestamp, number: UInt64) {
        self.sent = sent
        self.number = number
    }

    /// Reads the head of a datagram; nil where it is too short.
    ///
    /// Any octets of that length are a number: whether it fits the stream, `NumberTracker` judges.
    public init?(decoding octets: Span<UInt8>, width: Width) {
        guard octets.count >= width.headLength else { return nil }
        let seconds = octets.number(at: 0, octets: 4)
        let microseconds = octets.number(at: 4, octets: 4)
        sent = Timestamp(seconds: Int64(seconds), nanoseconds: Int64(microseconds) * 1000)
        number = octets.number(at: 8, octets: width.headLength - 8)
    }

    /// Writes the head over the octets of `octets` from `offset` on, which must hold it.
    public func encode(into octets: inout [UInt8], at offset: Int = 0, width: Width) {
        precondition(octets.count - offset >= width.headLength, "a numbered datagram holds its head")
        octets.store(UInt64(truncatingIfNeeded: sent.seconds), at: offset, octets: 4)
        octets.store(UInt64(sent.subsecondNanoseconds / 1000), at: offset + 4, octets: 4)
        octets.store(number, at: offset + 8, octets: width.headLength - 8)
    }
}
