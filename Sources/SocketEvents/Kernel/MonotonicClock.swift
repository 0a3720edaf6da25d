internal import Glibc

/// CLOCK_MONOTONIC, for waiting and for pace: it does not jump when the clock is set.
public enum MonotonicClock {
    /// The present moment.
    public static var now: Int64 { nanoseconds }

    /// Nanoseconds since some moment in the past.
    public static var nanoseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
