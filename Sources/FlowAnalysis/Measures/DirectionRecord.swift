import PacketDecode

/// What is counted of one direction of a flow, in the place that every flow has: 80 octets.
///
/// What only some flows need is in a `DirectionDetail`, which `detail` names once it is taken.
struct DirectionRecord: BitwiseCopyable {
    /// What the SYN of this direction offers.
    struct Offers: OptionSet, BitwiseCopyable {
        let rawValue: UInt8

        static let maximumSegmentSize = Offers(rawValue: 1)
        static let windowScale = Offers(rawValue: 2)
        static let selectiveAcknowledgment = Offers(rawValue: 4)
        static let timestamps = Offers(rawValue: 8)
        static let explicitCongestionNotification = Offers(rawValue: 16)
        static let fastOpen = Offers(rawValue: 32)
    }

    /// What was seen of this direction.
    struct Events: OptionSet, BitwiseCopyable {
        let rawValue: UInt8

        static let syn = Events(rawValue: 1)
        static let synACK = Events(rawValue: 2)
        static let fin = Events(rawValue: 4)
        static let rst = Events(rawValue: 8)
        /// A segment is timed: `mark`, `timedEnd` and `timedValue` are meaningful.
        static let isTiming = Events(rawValue: 16)
        /// The timed segment is a resend: only an acknowledgment that echoes `timedValue` tells its time.
        static let needsEcho = Events(rawValue: 32)
        /// `least` and `greatest` are windows in octets, not as sent.
        static let scaledWindow = Events(rawValue: 64)
    }

    var packets: UInt64 = 0
    /// Octets of the frames on the wire.
    var frameOctets: UInt64 = 0
    /// Octets of TCP's data, or of UDP's datagrams without their headers.
    var octets: UInt64 = 0
    /// TCP: when the timed segment was sent. UDP: when the last datagram was.
    var mark = Timestamp(nanosecondsSinceEpoch: 0)
    /// The relative number behind the timed segment, modulo 2³².
    var timedEnd: UInt32 = 0
    /// The timed segment's TSval; 0 without the option.
    var timedValue: UInt32 = 0
    /// The least window of TCP or datagram of UDP; meaningful where it is not above `greatest`.
    var least: UInt32 = .max
    var greatest: UInt32 = 0
    var maximumOctetsInFlight: UInt32 = 0
    var retransmittedSegments: UInt32 = 0
    /// Up to three time spans, ascending. Further ones are in the detail's histogram, with these: the first is then the
    /// least of all, the last the greatest.
    private var spans = InlineArray<3, ShortDuration>(repeating: .zero)
    /// From the flow's start to this direction's last octet of data.
    var lastData = ShortDuration.zero
    /// The detail's name in the pool, or 0.
    private(set) var detail = DetailPool.Name(0)
    /// ICMP errors that answered a packet of this direction, modulo 65,536 where the detail has counted the rest.
    private var fewErrors: UInt16 = 0
    var maximumSegmentSize: UInt16 = 0
    var events: Events = []
    /// `offers` in the low six bits, `spanCount` in the high two.
    private var offersAndSpanCount: UInt8 = 0

    init() {}

    var offers: Offers {
        get { Offers(rawValue: offersAndSpanCount & 63) }
        set { offersAndSpanCount = offersAndSpanCount & 0xC0 | newValue.rawValue & 63 }
    }

    private var spanCount: UInt8 {
        get { offersAndSpanCount >> 6 }
        set { offersAndSpanCount = newValue << 6 | offersAndSpanCount & 63 }
    }

    /// Takes a time span: a round-trip time, or a gap between arrivals.
    mutating func add(_ span: Int64, _ details: inout DetailPool) {
        let short = ShortDuration(nanoseconds: span)
        if spanCount < 3 {
            var index = Int(spanCount)
            while index > 0, short < spans[index - 1] {
                spans[index] = spans[index - 1]
                index -= 1
            }
            spans[index] = short
            spanCount += 1
            return
        }
        guard takeDetail(&details) else {
            noteExtremes(short)
            return
        }
        if details.keptDurations(of: detail) == 0 {
            for index in 0..<3 { details.add(nanoseconds: spans[index].nanoseconds, to: detail) }
        }
        details.add(nanoseconds: span, to: detail)
        noteExtremes(short)
    }

    private mutating func noteExtremes(_ span: ShortDuration) {
        if span < spans[0] { spans[0] = span }
        if spans[2] < span { spans[2] = span }
    }

    /// Sees to it that there is a detail, and says whether there is.
    @inline(__always)
    mutating func takeDetail(_ details: inout DetailPool) -> Bool {
        if detail != 0 { return true }
        detail = details.take()
        if detail == 0 { details.noteRefusal() }
        return detail != 0
    }

    /// Gives the detail back.
    mutating func giveBackDetail(_ details: inout DetailPool) {
        guard detail != 0 else { return }
        details.giveBack(detail)
        detail = 0
    }

    /// Counts an ICMP error that answers a packet of this direction.
    mutating func countError(_ details: inout DetailPool) {
        guard fewErrors == .max else {
            fewErrors += 1
            return
        }
        guard takeDetail(&details) else { return }
        details[troublesOf: detail].fullErrorCounts &+= 1
        fewErrors = 0
    }

    /// ICMP errors that answered a packet of this direction.
    func icmpErrors(_ details: borrowing DetailPool) -> UInt64 {
        let full = UInt64(details.troubles(of: detail)?.fullErrorCounts ?? 0)
        return full << 16 | UInt64(fewErrors)
    }

    /// The median of the time spans; nil where there is none.
    func medianSpan(_ details: borrowing DetailPool) -> Int64? {
        guard spanCount > 0 else { return nil }
        let (least, greatest) = (spans[0].nanoseconds, spans[Int(spanCount) - 1].nanoseconds)
        if detail != 0, let median = details.medianDuration(of: detail) { return min(max(median, least), greatest) }
        return spanCount == 2 ? least + (greatest - least) / 2 : spans[Int(spanCount) / 2].nanoseconds
    }

    /// What the time spans were; nil where there is none.
    func spanSummary(_ details: borrowing DetailPool) -> DurationSummary? {
        guard spanCount > 0 else { return nil }
        let (least, greatest) = (spans[0].nanoseconds, spans[Int(spanCount) - 1].nanoseconds)
        if detail != 0, let durations = details.durations(of: detail) {
            return DurationSummary(
                count: durations.count, minimum: least, median: min(max(durations.median, least), greatest),
                percentile95: min(max(durations.percentile95, least), greatest), maximum: greatest)
        }
        return DurationSummary(
            count: UInt64(spanCount), minimum: least, median: medianSpan(details) ?? least, percentile95: greatest,
            maximum: greatest)
    }
}

/// What is counted of a flow: both directions, and what they have in common. 192 octets, three lines of a processor's cache.
struct FlowRecord: BitwiseCopyable {
    var fromInitiator = DirectionRecord()
    var fromResponder = DirectionRecord()
    var start: Timestamp
    var end: Timestamp
    /// The first packet's frame.
    let firstFrame: UInt64
    /// From the SYN to the ACK that ended the handshake, as a `ShortDuration`; or one of the two values below.
    var initialRoundTripTime = FlowRecord.notYet

    /// The handshake's end was not seen so far.
    static let notYet = UInt32.max
    /// It will not be: a part of the handshake is missing, or was sent twice.
    static let never = UInt32.max - 1

    init(_ info: FrameInfo) {
        start = info.timestamp
        end = info.timestamp
        firstFrame = info.number
    }

    subscript(direction: FlowDirection) -> DirectionRecord {
        @inline(__always) get { direction == .fromInitiator ? fromInitiator : fromResponder }
        @inline(__always) _modify {
            if direction == .fromInitiator { yield &fromInitiator } else { yield &fromResponder }
        }
    }

    /// Nanoseconds from the start to `time`, 0 where that lies before.
    @inline(__always)
    func age(at time: Timestamp) -> Int64 { max(0, start.distance(to: time)) }
}
