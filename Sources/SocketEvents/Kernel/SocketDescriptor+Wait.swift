internal import Glibc

/// What ended a wait.
public struct Wakeup: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is something to read, an end or an error included.
    public static let input = Wakeup(rawValue: 1)
    /// There is room to write, or an error.
    public static let room = Wakeup(rawValue: 2)
    /// The signal was said.
    public static let signal = Wakeup(rawValue: 4)
    /// The time came.
    public static let time = Wakeup(rawValue: 8)
}

extension SocketDescriptor {
    /// Waits for what `wanted` names of the socket, for `signal`, or for `deadline` by `MonotonicClock`, whichever comes first
    /// (poll(2)).
    public func wait(for wanted: Wakeup, or signal: StopSignal? = nil, until deadline: Int64? = nil) -> Wakeup {
        var events: Int32 = 0
        if wanted.contains(.input) { events |= POLLIN }
        if wanted.contains(.room) { events |= POLLOUT }
        // poll(2) overlooks an entry whose descriptor is negative.
        var waiting = (
            pollfd(fd: rawValue, events: Int16(events), revents: 0),
            pollfd(fd: signal?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
        )
        while true {
            let count = unsafe withUnsafeMutableBytes(of: &waiting) { bytes in
                let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: pollfd.self)
                return unsafe poll(base, 2, Self.milliseconds(until: deadline))
            }
            if count < 0, errno == EINTR { continue }
            if count == 0 {
                // A wait longer than poll(2) can count goes on.
                if let deadline, MonotonicClock.nanoseconds < deadline { continue }
                return .time
            }
            var wakeup: Wakeup = []
            let shown = Int32(waiting.0.revents)
            if shown & ~POLLOUT != 0 { wakeup.formUnion(wanted.intersection(.input)) }
            if shown & ~POLLIN != 0 { wakeup.formUnion(wanted.intersection(.room)) }
            if waiting.1.revents != 0 { wakeup.insert(.signal) }
            // Where poll(2) itself failed the call that follows tells why.
            return count < 0 ? wanted : wakeup
        }
    }

    /// Rounded up, so that a wait never ends before its time.
    private static func milliseconds(until deadline: Int64?) -> Int32 {
        guard let deadline else { return -1 }
        let left = max(0, deadline - MonotonicClock.nanoseconds)
        return Int32(clamping: (left + 999_999) / 1_000_000)
    }
}
