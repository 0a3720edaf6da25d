/// The steps of a `DurationHistogram` that some time spans fell on, one by one: what the histogram would tell, in an eighth of
/// its place.
struct FewDurations: BitwiseCopyable {
    static let capacity = 61

    private(set) var count: UInt8 = 0
    private var steps = InlineArray<61, UInt16>(repeating: 0)

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

    /// As `DurationHistogram.quantile`, of two shares at once, the lesser first.
    func quantiles(_ lesser: Double, _ greater: Double) -> (Int64, Int64) {
        var sorted = self
        sorted.sort()
        return (sorted.quantileOfSorted(lesser), sorted.quantileOfSorted(greater))
    }

    /// As `DurationHistogram.quantile`.
    func quantile(_ share: Double) -> Int64 {
        var sorted = self
        sorted.sort()
        return sorted.quantileOfSorted(share)
    }

    private mutating func sort() {
        for index in 1..<max(1, Int(count)) {
            let step = steps[index]
            var place = index
            while place > 0, steps[place - 1] > step {
                steps[place] = steps[place - 1]
                place -= 1
            }
            steps[place] = step
        }
    }

    private func quantileOfSorted(_ share: Double) -> Int64 {
        guard count > 0 else { return 0 }
        let rank = share * Double(count - 1)
        let middle = Int(rank)
        var first = middle
        while first > 0, steps[first - 1] == steps[middle] { first -= 1 }
        var end = middle + 1
        while end < Int(count), steps[end] == steps[middle] { end += 1 }
        return DurationHistogram.value(
            inStep: Int(steps[middle]), count: UInt64(end - first), rank: rank - Double(first))
    }
}
