/// The most octets in flight in each of at most 32 equal parts of a connection's life.
///
/// The parts double in length as the connection lives on: from 2²⁰ ns (1 ms) each.
struct OctetsInFlightSeries: BitwiseCopyable {
    static let capacity = 32

    private var values = InlineArray<32, UInt32>(repeating: 0)
    // Behind the values, where the histogram's count comes next in a detail: mostly in the same line of the cache.
    /// Parts that hold something, and those before them.
    private(set) var count: UInt8 = 0
    private var shift: UInt8 = 20

    init() {}

    /// Nanoseconds of a part.
    var interval: Int64 { 1 << Int64(shift) }

    subscript(index: Int) -> UInt32 { values[index] }

    /// Takes what was in flight at a moment, as nanoseconds from the connection's start.
    @inline(__always)
    mutating func note(_ octets: UInt32, at nanoseconds: Int64) {
        var part = max(0, nanoseconds) >> Int64(shift)
        while part >= Self.capacity {
            widen()
            part >>= 1
        }
        let index = Int(part)
        if index >= Int(count) { count = UInt8(index + 1) }
        if octets > values[index] { values[index] = octets }
    }

    @inline(never)
    private mutating func widen() {
        for index in 0..<Self.capacity / 2 { values[index] = max(values[2 * index], values[2 * index + 1]) }
        for index in Self.capacity / 2..<Self.capacity { values[index] = 0 }
        count = (count + 1) / 2
        shift += 1
    }
}
