import Glibc

/// Waiting in the blocking manner.
enum ThreadSleep {
    /// Holds the calling thread for `duration`, whatever signals come.
    static func sleep(for duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var left = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var rest = timespec()
        while unsafe nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
    }
}
