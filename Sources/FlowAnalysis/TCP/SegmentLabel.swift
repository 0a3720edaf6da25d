public import PacketDecode

/// What one TCP segment is, and how that is known.
public struct SegmentLabel: Sendable, BitwiseCopyable, Hashable {
    /// The labels, by their JSON names.
    public enum Kind: String, Sendable, BitwiseCopyable, Hashable, CaseIterable {
        /// Carries an octet, a SYN or a FIN that was already seen on this side of this connection.
        ///
        /// Never one: a keep-alive probe (RFC 9293 §3.8.4), a zero-window probe (§3.8.6.1), a RST, or the SYN ACK that
        /// answers a crossing SYN (§3.5, simultaneous open).
        case retransmission
    }

    /// Why a segment was sent again, by the JSON names.
    public enum Cause: String, Sendable, BitwiseCopyable, Hashable, CaseIterable {
        /// No evidence tells.
        case undetermined
    }

    /// What of the segment had been seen before.
    public struct Carried: OptionSet, Sendable, BitwiseCopyable, Hashable {
        public let rawValue: UInt8
        @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let data = Carried(rawValue: 1)
        public static let syn = Carried(rawValue: 2)
        public static let fin = Carried(rawValue: 4)
    }

    /// A frame that a label rests on.
    public struct Evidence: Sendable, BitwiseCopyable, Hashable {
        /// The frame's place in its capture, from 1.
        public let frame: UInt64
        public let timestamp: Timestamp

        init(frame: UInt64, timestamp: Timestamp) {
            self.frame = frame
            self.timestamp = timestamp
        }
    }

    // Laid out to be small: every observation has room for four labels, and is copied on its way.

    public let kind: Kind
    public let cause: Cause
    /// What was sent again.
    public let carries: Carried
    private let spurious: Spurious
    /// The octets that were seen before, SYN and FIN included.
    public let repeatedCount: UInt32
    /// From `firstRepeated` to `repeatedEnd`.
    private let repeatedSpan: UInt32
    /// The relative number of the first octet that was seen before.
    public let firstRepeated: Int64
    /// 0 for none.
    private let evidenceFrame: UInt64
    private let evidenceTimestamp: Timestamp

    private enum Spurious: UInt8, BitwiseCopyable { case no, yes, unknown }

    /// The relative number behind the last octet that was seen before. Between the two there may be octets never seen.
    public var repeatedEnd: Int64 { firstRepeated + Int64(repeatedSpan) }

    /// Whether the resend was needless: true where the other side had acknowledged every octet of it; nil where that is
    /// not known.
    public var isSpurious: Bool? {
        switch spurious {
        case .no: false
        case .yes: true
        case .unknown: nil
        }
    }

    /// The frame that carried `firstRepeated` first; nil where the table no longer remembers it.
    public var evidence: Evidence? {
        evidenceFrame == 0 ? nil : Evidence(frame: evidenceFrame, timestamp: evidenceTimestamp)
    }

    init(
        kind: Kind, cause: Cause, carries: Carried, isSpurious: Bool?, repetition: SeenOctets.Repetition,
        evidence: Evidence?
    ) {
        self.kind = kind
        self.cause = cause
        self.carries = carries
        spurious = isSpurious.map { $0 ? .yes : .no } ?? .unknown
        repeatedCount = UInt32(clamping: repetition.count)
        repeatedSpan = UInt32(clamping: repetition.end - repetition.start)
        firstRepeated = repetition.start
        evidenceFrame = evidence?.frame ?? 0
        evidenceTimestamp = evidence?.timestamp ?? Timestamp(nanosecondsSinceEpoch: 0)
    }
}

extension SegmentLabel {
    /// Occupies the unused places of a list of labels.
    static let filler = SegmentLabel(
        kind: .retransmission, cause: .undetermined, carries: [], isSpurious: nil,
        repetition: SeenOctets.Repetition(start: 0, end: 0, count: 0), evidence: nil)
}
