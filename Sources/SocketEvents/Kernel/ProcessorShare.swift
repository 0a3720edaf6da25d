internal import Glibc

/// How much of one processor a process had over a span of time, in its own code and in the kernel: 1 is all of it.
public struct ProcessorShare: Sendable, Hashable {
    public var user: Double
    public var system: Double

    public init(user: Double, system: Double) {
        self.user = user
        self.system = system
    }
}

/// The processor time that this process has had so far (getrusage(2)), and when that was.
package struct ProcessorTime: Sendable {
    private let user: Double
    private let system: Double
    private let moment: Int64

    /// Now.
    package init() {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
        system = Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
        moment = MonotonicClock.nanoseconds
    }

    /// The share since `earlier`.
    package func share(since earlier: ProcessorTime) -> ProcessorShare {
        let seconds = max(Double(moment - earlier.moment) / 1e9, 1e-9)
        return ProcessorShare(user: (user - earlier.user) / seconds, system: (system - earlier.system) / seconds)
    }
}
