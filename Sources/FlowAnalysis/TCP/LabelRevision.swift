/// What later evidence says of a label that an earlier frame was given.
public struct LabelRevision: Sendable, BitwiseCopyable, Hashable {
    /// The earlier frame's place in its capture, from 1.
    public let frame: UInt64
    /// The label of that frame that is meant.
    public let kind: SegmentLabel.Kind
    /// Whether that resend was needless, as it was known then; nil for unknown.
    public let wasSpurious: Bool?
    /// Whether it was, as it is known now.
    public let isSpurious: Bool
    /// How it is known.
    public let reason: Reason
    /// The frame that tells.
    public let evidence: UInt64

    /// The evidence of a revision, by the JSON names.
    public enum Reason: String, Sendable, BitwiseCopyable, Hashable, CaseIterable {
        /// A D-SACK: the octets had arrived already (RFC 2883 §4, RFC 3708).
        case dSACK
        /// The first sending came after its resend.
        case originalArrived
    }
}

extension LabelRevision {
    /// Occupies the unused places of a list.
    static let filler = LabelRevision(
        frame: 0, kind: .retransmission, wasSpurious: nil, isSpurious: true, reason: .dSACK, evidence: 0)
}
