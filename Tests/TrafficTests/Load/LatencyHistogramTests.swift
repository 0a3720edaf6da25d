import SocketEvents
import Testing

@Suite("The histogram of latencies")
struct LatencyHistogramTests {
    @Test("Quantiles are right within a sixty-fourth, over twelve powers of ten")
    func quantiles() throws {
        var histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == nil)
        for value in [1, 100, 127, 128, 129, 1000, 54_321, 1_000_000, 123_456_789, 999_999_999_999] as [Int64] {
            histogram = LatencyHistogram()
            histogram.record(nanoseconds: value)
            let told = try #require(histogram.quantile(0.5))
            #expect(told >= value && told - value <= value / 64 + 1, "\(value) was told as \(told)")
        }
        histogram.record(nanoseconds: .max)
        histogram.record(nanoseconds: -5)
        #expect(histogram.count == 3)
        #expect(histogram.quantile(0) == 0)
    }

    @Test("Half, and 99 of a hundred")
    func ranks() {
        var (low, high) = (LatencyHistogram(), LatencyHistogram())
        for value in 1...50 { low.record(nanoseconds: Int64(value)) }
        for value in 51...100 { high.record(nanoseconds: Int64(value)) }
        low.add(high)
        #expect(low.quantile(0.5) == 50)
        #expect(low.quantile(0.99) == 99)
        #expect(low.quantile(1) == 100)
    }
}
