/// The steps of a `DurationHistogram` that some time spans fell on, one by one: what the histogram would tell, in an eighth of
/// its place.
struct FewDurations: BitwiseCopyable {
    static let capacity = 59

    private(set) var count: UInt8 = 0
    private var steps = InlineArray<59, UInt16>(repeating: 0)

    init() {}

    /// Takes a span where there is room, and says whether there was.
    @inline(__always)
    mutating func add(nanoseconds: Int64) -> Bool {
        guard count < Self.capacity else { return false }
        steps[Int(count)] = UInt16(truncatingIfNeeded: DurationHistogram.step(of: nanoseconds))
        count += 1
        return true
    }

    /// All of them as a histogram, which has room for more.
    var histogram: DurationHistogram {
        var histogram = DurationHistogram()
        for index in 0..<Int(count) {
            histogram.add(nanoseconds: DurationHistogram.start(ofStep: Int(steps[index])))
        }
        return histogram
    }

    /// As `DurationHistogram.quantile`.
    func quantile(_ share: Double) -> Int64 {
        guard count > 0 else { return 0 }
        let rank = share * Double(count - 1)
        // Which sixteen steps the rank is among, and then which of them.
        var groups = InlineArray<32, UInt8>(repeating: 0)
        for index in 0..<Int(count) { groups[Int(steps[index] >> 4) & 31] += 1 }
        var below = 0
        let group = Self.entry(of: Int(rank), groups.span, &below)
        var members = InlineArray<16, UInt8>(repeating: 0)
        for index in 0..<Int(count) where Int(steps[index] >> 4) == group { members[Int(steps[index] & 15)] += 1 }
        let member = Self.entry(of: Int(rank), members.span, &below)
        return DurationHistogram.value(
            inStep: group << 4 | member, count: UInt64(members[member]), rank: rank - Double(below))
    }

    /// The entry that holds a rank, where `below` are counted before the first one; counts those before the entry, too.
    private static func entry(of rank: Int, _ counts: Span<UInt8>, _ below: inout Int) -> Int {
        for index in counts.indices {
            if rank < below + Int(counts[index]) { return index }
            below += Int(counts[index])
        }
        return 0
    }
}
