/// A block of the SACK option (RFC 2018 §3): octets that arrived, from `leftEdge` up to but without `rightEdge`.
public struct SACKBlock: Sendable, BitwiseCopyable, Hashable {
    /// The first octet's sequence number.
    public let leftEdge: SequenceNumber
    /// The sequence number behind the last octet.
    public let rightEdge: SequenceNumber

    /// The block from `leftEdge` up to but without `rightEdge`.
    @inlinable
    public init(leftEdge: SequenceNumber, rightEdge: SequenceNumber) {
        self.leftEdge = leftEdge
        self.rightEdge = rightEdge
    }
}

/// The timestamps option (RFC 7323 §3.2), in ticks of the sender's clock.
public struct TCPTimestamps: Sendable, BitwiseCopyable, Hashable {
    /// TSval: the sender's clock.
    public let value: UInt32
    /// TSecr: the peer's last TSval, valid where ACK is set.
    public let echoReply: UInt32

    /// TSval and TSecr as they are sent.
    @inlinable
    public init(value: UInt32, echoReply: UInt32) {
        self.value = value
        self.echoReply = echoReply
    }
}

/// The options of a TCP header: those that flow analysis reads of each segment as values, the others in the frame,
/// where `TCPOptionWalk` reads them all, typed.
public struct TCPOptions: Sendable, BitwiseCopyable, Equatable {
    /// All options, in the frame.
    public internal(set) var range: ByteRange
    /// Octets (RFC 9293 §3.7.1); meaningful in a SYN.
    public internal(set) var maximumSegmentSize: UInt16?
    /// The shift count as sent (RFC 7323 §2.2); above 14 it counts as 14. Meaningful in a SYN.
    public internal(set) var windowScale: UInt8?
    /// RFC 2018 §2; meaningful in a SYN.
    public internal(set) var isSACKPermitted = false
    /// TSval and TSecr (RFC 7323 §3.2); nil where the option is not there.
    public internal(set) var timestamps: TCPTimestamps?
    /// Up to four, as many as 40 octets of options can hold.
    public internal(set) var sackBlocks: BoundedArray<4, SACKBlock>

    @inline(__always)
    init(range: ByteRange) {
        self.range = range
        let zero = SequenceNumber(rawValue: 0)
        sackBlocks = BoundedArray(filler: SACKBlock(leftEdge: zero, rightEdge: zero))
    }
}
