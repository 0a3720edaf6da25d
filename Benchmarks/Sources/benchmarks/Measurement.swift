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

    /// Processor time of this process and of the children that ended, which a busy machine disturbs less than a clock.
    private static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        var children = rusage()
        unsafe getrusage(RUSAGE_CHILDREN.rawValue, &children)
        let seconds = time.tv_sec + children.ru_utime.tv_sec + children.ru_stime.tv_sec
        let microseconds = children.ru_utime.tv_usec + children.ru_stime.tv_usec
        return UInt64(seconds) * 1_000_000_000 + UInt64(time.tv_nsec) + UInt64(microseconds) * 1_000
    }
}
