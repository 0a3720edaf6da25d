public import PacketDecode

/// What one TCP segment is, and how that is known.
public struct SegmentLabel: Sendable, BitwiseCopyable, Hashable {
    // Laid out to be small: every observation has room for four labels, and is copied on its way.

    public let kind: Kind
    /// Which evidence the label rests on.
    public let reason: Reason
    /// Why the segment was sent again; `undetermined` for what is no resend.
    public internal(set) var cause = Cause.undetermined
    /// Which evidence the cause rests on.
    public internal(set) var causeReason = CauseReason.none
    /// What was sent again, or is missing.
    public internal(set) var carries: Carried = []
    private var spurious = Spurious.unknown
    /// A number that belongs to the label, 0 where there is none: of a duplicate ACK, which one it is in its row, from 1;
    /// of a fast resend, the duplicate ACKs that were seen before it.
    public internal(set) var count: UInt16 = 0
    /// The octets that the label is about: those seen before, those that are missing. SYN and FIN included.
    public internal(set) var repeatedCount: UInt32 = 0
    /// From `firstRepeated` to `repeatedEnd`.
    private var repeatedSpan: UInt32 = 0
    /// The relative number of the first octet that the label is about: the first one seen before; of a gap, the first one
    /// that is missing.
    public internal(set) var firstRepeated: Int64 = 0
    /// 0 for none.
    private var evidenceFrame: UInt64 = 0
    private var evidenceTimestamp = Timestamp(nanosecondsSinceEpoch: 0)
    /// 0 for none.
    private var causeFrame: UInt64 = 0

    private enum Spurious: UInt8, BitwiseCopyable { case no, yes, unknown }

    /// The relative number behind the last octet that the label is about. Between the two there may be octets that it is
    /// not about.
    public var repeatedEnd: Int64 { firstRepeated + Int64(repeatedSpan) }

    /// Whether the resend was needless: true where the other side had acknowledged every octet of it, or reported it as
    /// arrived twice; nil where that is not known.
    public internal(set) var isSpurious: Bool? {
        get {
            switch spurious {
            case .no: false
            case .yes: true
            case .unknown: nil
            }
        }
        set { spurious = newValue.map { $0 ? .yes : .no } ?? .unknown }
    }

    /// The frame that the label rests on; nil where there is none, or the table no longer remembers it. Of a retransmission
    /// it is the frame that carried `firstRepeated` first; of a segment that was overtaken or whose original was not seen,
    /// one that came before it.
    public var evidence: Evidence? {
        evidenceFrame == 0 ? nil : Evidence(frame: evidenceFrame, timestamp: evidenceTimestamp)
    }

    /// The frame that the cause rests on: the ACK that told of the loss; nil where there is none.
    public var causeEvidence: UInt64? { causeFrame == 0 ? nil : causeFrame }

    init(_ kind: Kind, _ reason: Reason) {
        self.kind = kind
        self.reason = reason
    }

    /// Sets what the label is about to `first..<end`, of which `count` octets.
    mutating func setOctets(_ first: Int64, _ end: Int64, count: Int64) {
        firstRepeated = first
        repeatedSpan = UInt32(clamping: end - first)
        repeatedCount = UInt32(clamping: count)
    }

    mutating func setEvidence(_ frame: UInt64, _ timestamp: Timestamp) {
        evidenceFrame = frame
        evidenceTimestamp = timestamp
    }

    mutating func setCause(_ finding: CauseFinding) {
        cause = finding.cause
        causeReason = finding.reason
        count = finding.count
        causeFrame = finding.frame
    }

    /// A frame that a label rests on.
    public struct Evidence: Sendable, BitwiseCopyable, Hashable {
        /// The frame's place in its capture, from 1.
        public let frame: UInt64
        public let timestamp: Timestamp
    }

    /// What of the segment had been seen before.
    public struct Carried: OptionSet, Sendable, BitwiseCopyable, Hashable {
        public let rawValue: UInt8
        @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let data = Carried(rawValue: 1)
        public static let syn = Carried(rawValue: 2)
        public static let fin = Carried(rawValue: 4)
    }
}

/// Why a segment was sent again, with what tells it.
struct CauseFinding: BitwiseCopyable {
    var cause = SegmentLabel.Cause.undetermined
    var reason = SegmentLabel.CauseReason.none
    /// Duplicate ACKs.
    var count: UInt16 = 0
    /// 0 for none.
    var frame: UInt64 = 0
}
