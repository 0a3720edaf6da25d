/// What is counted of one direction of a flow that lost, repeated or reported something: taken from a `DetailPool` when the first
/// of these happens.
struct DirectionTroubles: BitwiseCopyable {
    /// Kinds of labels that there is room for; a test holds it against their number.
    static let kindCapacity = 40
    /// Causes that there is room for.
    static let causeCapacity = 8

    /// Segments by label.
    private var labelCounts = InlineArray<40, UInt32>(repeating: 0)
    private var causeSegments = InlineArray<8, UInt32>(repeating: 0)
    private var causeOctets = InlineArray<8, UInt64>(repeating: 0)
    /// IP fragments, first ones and later ones.
    var fragments: UInt32 = 0
    /// Fragmented datagrams that never came together.
    var incompleteDatagrams: UInt32 = 0
    /// Times that the direction's own count of ICMP errors was full: 65,536 of them each.
    var fullErrorCounts: UInt32 = 0
    /// Resends that were needless, as it is known now.
    private(set) var spuriousSegments: UInt32 = 0
    /// The octets of this direction that the other side reported in SACK blocks, as relative sequence numbers.
    var sacked = SeenOctets(from: 0)
    var sackedOctets: UInt64 = 0

    init() {}

    /// Counts a label, and what a retransmission sent again.
    mutating func count(_ label: SegmentLabel) {
        if let kind = SegmentLabel.Kind.allCases.firstIndex(of: label.kind), kind < Self.kindCapacity {
            labelCounts[kind] &+= 1
        }
        if label.kind.isResend, label.isSpurious == true { spuriousSegments &+= 1 }
        guard label.kind == .retransmission else { return }
        if let cause = SegmentLabel.Cause.allCases.firstIndex(of: label.cause), cause < Self.causeCapacity {
            causeSegments[cause] &+= 1
            causeOctets[cause] &+= UInt64(label.repeatedDataOctets)
        }
    }

    /// Counts what later evidence says of a resend of this direction.
    mutating func count(_ revision: LabelRevision) {
        if revision.isSpurious, revision.wasSpurious != true { spuriousSegments &+= 1 }
        if !revision.isSpurious, revision.wasSpurious == true, spuriousSegments > 0 { spuriousSegments -= 1 }
    }

    /// Labels that occurred, in their order of declaration.
    var labels: [LabelCount] {
        SegmentLabel.Kind.allCases.enumerated().compactMap { index, kind in
            guard index < Self.kindCapacity, labelCounts[index] > 0 else { return nil }
            return LabelCount(label: kind, segments: UInt64(labelCounts[index]))
        }
    }

    /// Segments with that label.
    func segments(_ label: SegmentLabel.Kind) -> UInt64 {
        guard let kind = SegmentLabel.Kind.allCases.firstIndex(of: label), kind < Self.kindCapacity else { return 0 }
        return UInt64(labelCounts[kind])
    }

    /// Causes that occurred, in their order of declaration.
    var causes: [CauseCount] {
        SegmentLabel.Cause.allCases.enumerated().compactMap { index, cause in
            guard index < Self.causeCapacity, causeSegments[index] > 0 else { return nil }
            return CauseCount(cause: cause, segments: UInt64(causeSegments[index]), octets: causeOctets[index])
        }
    }
}

extension SegmentLabel {
    /// Octets of data that were seen before: without SYN and FIN.
    var repeatedDataOctets: UInt32 {
        let controls: UInt32 = (carries.contains(.syn) ? 1 : 0) + (carries.contains(.fin) ? 1 : 0)
        return repeatedCount > controls ? repeatedCount - controls : 0
    }
}
