import TestSupport
import Testing

@testable import FlowAnalysis

@Suite struct DurationTests {
    @Test func shortDurationsKeepAMillionth() {
        var previous = ShortDuration.zero
        var nanoseconds: Int64 = 1
        while nanoseconds < 1_000_000_000_000_000_000 {
            let short = ShortDuration(nanoseconds: nanoseconds)
            #expect(previous <= short)
            let error = nanoseconds - short.nanoseconds
            #expect(error >= 0 && error <= nanoseconds / 1_000_000)
            if nanoseconds < 1 << 30 { #expect(error == 0) }
            previous = short
            nanoseconds += nanoseconds / 7 + 1
        }
        #expect(ShortDuration(nanoseconds: -5) == .zero)
        #expect(ShortDuration(nanoseconds: .max) <= ShortDuration(rawValue: .max))
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func quantilesAreWithinASixteenth(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var histogram = DurationHistogram()
        var all: [Int64] = []
        for _ in 0..<5_001 {
            let octave = Int64.random(in: 0..<36, using: &generator)
            let nanoseconds = Int64.random(in: 0...1 << octave, using: &generator)
            histogram.add(nanoseconds: nanoseconds)
            all.append(nanoseconds)
        }
        all.sort()
        for share in [0.01, 0.25, 0.5, 0.95, 0.99] {
            let exact = all[Int(share * 5_000)]
            let off = abs(histogram.quantile(share) - exact)
            #expect(off <= max(64, exact / 16), "seed \(seed), share \(share), exact \(exact), off by \(off)")
        }
    }

    /// Few spans tell the very same as a histogram of them.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func fewAreAsGoodAsAHistogram(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for count in 1...FewDurations.capacity {
            var few = FewDurations()
            var histogram = DurationHistogram()
            let octaves = Int64.random(in: 1..<40, using: &generator)
            for _ in 0..<count {
                let nanoseconds = Int64.random(
                    in: 0...1 << Int64.random(in: 0..<octaves, using: &generator), using: &generator)
                let isTaken = few.add(nanoseconds: nanoseconds)
                #expect(isTaken)
                histogram.add(nanoseconds: nanoseconds)
            }
            let (median, percentile95) = (few.quantile(0.5), few.quantile(0.95))
            #expect((median, percentile95) == (histogram.quantile(0.5), histogram.quantile(0.95)), "seed \(seed)")
            #expect(few.histogram.quantile(0.95) == percentile95)
        }
    }

    @Test func stepsAreContiguous() {
        for step in 0..<511 {
            let (start, next) = (DurationHistogram.start(ofStep: step), DurationHistogram.start(ofStep: step + 1))
            #expect(start < next)
            #expect(DurationHistogram.step(of: start) == step)
            #expect(DurationHistogram.step(of: next - 1) == step)
        }
        #expect(DurationHistogram.step(of: .max) == 511)
        #expect(DurationHistogram.step(of: -1) == 0)
    }

    @Test func countsBeyond16BitsKeepTheirProportions() {
        var histogram = DurationHistogram()
        for index in 0..<300_000 { histogram.add(nanoseconds: index % 10 == 0 ? 1_000_000 : 10_000) }
        #expect(histogram.count == 300_000)
        #expect((9_400...10_600).contains(histogram.quantile(0.5)))
        #expect((940_000...1_060_000).contains(histogram.quantile(0.95)))
    }
}
