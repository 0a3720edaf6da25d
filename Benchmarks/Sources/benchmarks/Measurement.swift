import CAllocationCounter
import Glibc

/// What one kind of work took, over several repetitions.
struct Measurement {
    let name: String
    private(set) var nanoseconds: [UInt64] = []
    private(set) var allocations: [UInt64] = []

    init(_ name: String) { self.name = name }

    /// Runs the work once more.
    mutating func run(_ work: () throws -> Void) rethrows {
        let count = wirewatch_allocation_count()
        let start = Self.now()
        try work()
        nanoseconds.append(Self.now() - start)
        allocations.append(wirewatch_allocation_count() - count)
    }

    var medianNanoseconds: Double { Self.median(nanoseconds) }
    var medianAllocations: Double { Self.median(allocations) }

    private static func median(_ values: [UInt64]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        return (Double(sorted[(sorted.count - 1) / 2]) + Double(sorted[sorted.count / 2])) / 2
    }

    private static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
