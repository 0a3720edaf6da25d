internal import CLinux
internal import Glibc

/// A wish to stop that every thread sees: once said it holds for good.
///
/// It is an eventfd(2) that is readable from then on, so that a thread can wait for it beside a socket with poll(2).
public final class StopSignal: Sendable {
    /// Readable once `stop()` was called; lent for as long as this object lives.
    public let descriptor: Int32

    /// - Throws: `SocketError` with the operation `poll`, where the process has no descriptor left.
    public init() throws(SocketError) {
        descriptor = wirewatch_eventfd()
        guard descriptor >= 0 else { throw SocketError(.poll, errno: errno, subject: "the wish to stop") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Says it. Safe from any thread, and from a signal's handler.
    public func stop() {
        // Fails only where the counter is full, and then it is readable already.
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Whether it was said.
    public var isStopped: Bool { wait(nanoseconds: 0) }

    /// Waits until it is said, or for `nanoseconds`; true where it was said.
    @discardableResult
    public func wait(nanoseconds: Int64) -> Bool {
        let deadline = MonotonicClock.nanoseconds &+ max(0, nanoseconds)
        while true {
            let left = max(0, deadline - MonotonicClock.nanoseconds)
            let count = wirewatch_wait_readable(descriptor, left)
            if count > 0 { return true }
            if count == 0 { return false }
            if errno != EINTR { return true }
        }
    }

    /// What ended a wait for input.
    public enum Ending: Sendable, Hashable {
        /// There is something to read, or an end, or an error.
        case input
        case stopped
        case timedOut
    }

    /// Waits until `other` has something to read (or an end, or an error), or stop is said; true for the former.
    public func waitForInput(on other: Int32) -> Bool { waitForInput(on: other, nanoseconds: nil) == .input }

    /// Waits until `other` has something to read (or an end, or an error), stop is said, or `nanoseconds` have passed; nil for as
    /// long as it takes. Where stop is said, that is what is told.
    public func waitForInput(on other: Int32, nanoseconds: Int64?) -> Ending {
        let deadline = nanoseconds.map { MonotonicClock.now &+ max(0, $0) }
        while true {
            let left = deadline.map { max(0, $0 - MonotonicClock.now) } ?? -1
            let ready = wirewatch_wait_readable_of_two(descriptor, other, left)
            if ready < 0, errno == EINTR { continue }
            if ready == 0 { return .timedOut }
            return ready == 2 ? .input : .stopped
        }
    }
}
