public import PacketDecode

/// What a TCP segment is to its connection: its place in each side's sequence space, its window, its labels.
///
/// Relative numbers count from the initial sequence number of their side: SYN is 0, the first octet of data 1. They are
/// unwrapped: octet 2³² of a stream has the number 2³². Where the SYN was not captured, the first number that was seen of
/// a side, sent by it or acknowledged by its peer, is 1 (as tcpdump and tshark have it), and a number below 1 is one from
/// before the capture.
public struct SegmentObservation: Sendable, BitwiseCopyable, Equatable {
    /// The most labels that one segment can bear.
    public static let labelCapacity = 4

    /// The number of the segment's first octet (SYN, data or FIN), or of the next one where it carries none.
    public internal(set) var relativeSequenceNumber: Int64 = 0
    /// From `relativeSequenceNumber` to `relativeSequenceEnd`.
    var sequenceLength: UInt32 = 0
    /// The acknowledgment number as sent, which the SACK blocks are counted from.
    var acknowledgmentNumber = SequenceNumber(rawValue: 0)
    /// Meaningful with `hasAcknowledgment`.
    var acknowledgment: Int64 = 0
    /// Meaningful with `hasScaledWindow`.
    var window: UInt32 = 0
    var hasAcknowledgment = false
    var hasScaledWindow = false
    /// What the segment is, the label to show first in front; empty for most.
    public internal(set) var labels = BoundedArray<4, SegmentLabel>(filler: SegmentLabel(.retransmission, .noEvidence))
    /// What the segment tells of labels that earlier frames were given; empty for nearly all.
    public internal(set) var revisions = BoundedArray<2, LabelRevision>(filler: .filler)
    /// The state of the side that sent it, and of the other, once it has arrived.
    public internal(set) var senderState = TCPState.unseen
    public internal(set) var receiverState = TCPState.unseen
    /// Whether one of the states is another one than before.
    public internal(set) var hasStateChanged = false
    /// The frame was seen before, on another interface of the same capture: it is no other one, and bears no label.
    public internal(set) var isSecondSighting = false

    /// The number behind the segment's last octet, FIN included.
    public var relativeSequenceEnd: Int64 { relativeSequenceNumber + Int64(sequenceLength) }
    /// The next octet expected from the other side; nil without ACK.
    public var relativeAcknowledgmentNumber: Int64? { hasAcknowledgment ? acknowledgment : nil }
    /// The window in octets (RFC 7323 §2.3). In a SYN it is the field as sent.
    ///
    /// Nil where the handshake was not captured, so that the shift count is not known.
    public var scaledWindow: UInt32? { hasScaledWindow ? window : nil }

    init() {}

    /// The edges of a SACK block of this segment as relative numbers of the other side; nil without ACK.
    ///
    /// A block below `relativeAcknowledgmentNumber` is a D-SACK (RFC 2883 §4).
    public func relativeEdges(of block: SACKBlock) -> (left: Int64, right: Int64)? {
        guard let relativeAcknowledgmentNumber else { return nil }
        return (
            relativeAcknowledgmentNumber + Int64(acknowledgmentNumber.distance(to: block.leftEdge)),
            relativeAcknowledgmentNumber + Int64(acknowledgmentNumber.distance(to: block.rightEdge))
        )
    }
}

extension SegmentObservation {
    /// Labels a SYN that opens another connection with the addresses and ports of an earlier one.
    mutating func notePortReuse(afterClose isClosed: Bool) {
        labels.append(SegmentLabel(.portReuse, isClosed ? .afterClose : .newInitialSequenceNumber))
    }
}
