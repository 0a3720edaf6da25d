/// How long answers took: counts in buckets that grow with the time, so that each quantile is right within 1/64 of itself,
/// however many there are.
public struct LatencyHistogram: Sendable, Hashable {
    /// Buckets of each power of two.
    private static let fineness = 64
    private var counts = [UInt64](repeating: 0, count: 64 * 58)
    public private(set) var count: UInt64 = 0

    public init() {}

    public mutating func record(nanoseconds: Int64) {
        counts[Self.bucket(UInt64(max(0, nanoseconds)))] += 1
        count += 1
    }

    public mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
    }

    /// The time that the share `quantile` of all did not exceed, in nanoseconds; nil where there are none.
    public func quantile(_ quantile: Double) -> Int64? {
        guard count > 0 else { return nil }
        let rank = max(1, UInt64((min(max(quantile, 0), 1) * Double(count)).rounded(.up)))
        var passed: UInt64 = 0
        for (index, entries) in counts.enumerated() {
            passed += entries
            if passed >= rank { return Self.upperEnd(ofBucket: index) }
        }
        return nil
    }

    /// Below 128 each number has a bucket; above, each power of two has 64.
    private static func bucket(_ value: UInt64) -> Int {
        guard value >= 128 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return (exponent - 5) * fineness + Int(value >> (exponent - 6)) - fineness
    }

    private static func upperEnd(ofBucket index: Int) -> Int64 {
        guard index >= 128 else { return Int64(index) }
        let exponent = index / fineness + 5
        let part = UInt64(index % fineness + fineness)
        return Int64(clamping: ((part + 1) << (exponent - 6)) - 1)
    }
}
