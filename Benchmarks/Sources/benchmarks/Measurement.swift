import CAllocationCounter
import Glibc

/// What one kind of work took, over several repetitions.
struct Measurement {
    /// What is measured: processor time, which other load disturbs less, or the time that passes.
    enum Clock { case processor, wall }

    let name: String
    private let clock: Clock
    private(set) var nanoseconds: [UInt64] = []
    private(set) var allocations: [UInt64] = []

    init(_ name: String, _ clock: Clock = .processor) {
        self.name = name
        self.clock = clock
    }

    /// Runs the work once more.
    mutating func run(_ work: () throws -> Void) rethrows {
        let count = wirewatch_allocation_count()
        let start = now()
        try work()
        nanoseconds.append(now() - start)
        allocations.append(wirewatch_allocation_count() - count)
    }

    var medianNanoseconds: Double { Self.median(nanoseconds) }
    var medianAllocations: Double { Self.median(allocations) }

    private static func median(_ values: [UInt64]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        return (Double(sorted[(sorted.count - 1) / 2]) + Double(sorted[sorted.count / 2])) / 2
    }

    var leastNanoseconds: Double { nanoseconds.min().map(Double.init) ?? .nan }

    private func now() -> UInt64 { clock == .wall ? Self.wallTime() : Self.processorTime() }

    private static func wallTime() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Of this process and of the children that ended, in nanoseconds; a busy machine disturbs it less than a clock's time.
    static func processorTime() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        var children = rusage()
        unsafe getrusage(RUSAGE_CHILDREN.rawValue, &children)
        let seconds = time.tv_sec + children.ru_utime.tv_sec + children.ru_stime.tv_sec
        let microseconds = children.ru_utime.tv_usec + children.ru_stime.tv_usec
        return UInt64(seconds) * 1_000_000_000 + UInt64(time.tv_nsec) + UInt64(microseconds) * 1_000
    }
}
