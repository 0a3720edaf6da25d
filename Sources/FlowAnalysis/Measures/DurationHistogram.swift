/// How often time spans of each length occurred, on a logarithmic scale: quantiles of any number of spans in a bounded
/// place.
///
/// Sixteen steps an octave from 1,024 ns on, and steps of 64 ns below: a quantile is off by at most 1/16 of itself, or
/// 64 ns. Spans of 2⁴¹ ns (36 minutes) and more share the last step. Where a step's count is full, all counts are halved,
/// which leaves their proportions.
struct DurationHistogram: BitwiseCopyable {
    private static let stepCount = 512

    /// Spans that were added.
    private(set) var count: UInt64 = 0
    /// The sum of `counts`: less than `count` once they were halved.
    private var countedTotal: UInt64 = 0
    private var counts = InlineArray<512, UInt16>(repeating: 0)

    init() {}

    mutating func add(nanoseconds: Int64) {
        let step = Self.step(of: nanoseconds)
        if counts[step] == .max {
            halve()
        }
        counts[step] += 1
        countedTotal += 1
        count += 1
    }

    @inline(never)
    private mutating func halve() {
        countedTotal = 0
        for index in 0..<Self.stepCount {
            counts[index] /= 2
            countedTotal += UInt64(counts[index])
        }
    }

    /// The span that a share of all does not exceed, 0...1: 0.5 for the median. 0 where there is none.
    func quantile(_ share: Double) -> Int64 {
        // A span, for a subscript of the array itself copies all of it each time.
        let counts = counts.span
        let rank = share * Double(max(countedTotal, 1) - 1)
        var below: UInt64 = 0
        for index in 0..<Self.stepCount where counts[index] > 0 {
            let inStep = UInt64(counts[index])
            if rank < Double(below + inStep) {
                return Self.value(inStep: index, count: inStep, rank: rank - Double(below))
            }
            below += inStep
        }
        return 0
    }

    /// Where a span of a rank lies in its step, among as many as share the step: they count as evenly spread.
    static func value(inStep step: Int, count: UInt64, rank: Double) -> Int64 {
        let start = start(ofStep: step)
        let width = self.start(ofStep: step + 1) - start
        return start + Int64(Double(width) * (rank + 0.5) / Double(count))
    }

    static func step(of nanoseconds: Int64) -> Int {
        guard nanoseconds >= 1024 else { return Int(max(0, nanoseconds) >> 6) }
        let octave = 63 - nanoseconds.leadingZeroBitCount
        let step = (octave - 9) * 16 + Int(nanoseconds >> Int64(octave - 4) & 15)
        return min(step, stepCount - 1)
    }

    static func start(ofStep step: Int) -> Int64 {
        guard step >= 16 else { return Int64(step) << 6 }
        return (16 + Int64(step & 15)) << Int64(step / 16 + 5)
    }
}
