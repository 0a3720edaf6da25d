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

    /// Waits until `other` has something to read (or an end, or an error), or stop is said; true for the former.
    public func waitForInput(on other: Int32) -> Bool {
        var waiting = (
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(POLLIN), revents: 0)
        )
        while true {
            let count = unsafe withUnsafeMutableBytes(of: &waiting) { bytes in
                unsafe poll(bytes.baseAddress?.assumingMemoryBound(to: pollfd.self), 2, -1)
            }
            if count < 0, errno == EINTR { continue }
            return count > 0 && waiting.0.revents == 0
        }
    }
}
