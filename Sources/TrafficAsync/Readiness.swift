internal import CLinux
internal import Dispatch
internal import Glibc
internal import SocketEvents
internal import Synchronization

/// Waiting for a descriptor or a moment without a thread of one's own: one thread waits for all of them with ppoll(2), and wakes
/// the tasks.
///
/// A Dispatch source would do but for two things: it does not fire where a socket has nothing to read but an error, such as a
/// port that refuses, and its timers are too late for a sender's pace.
final class Readiness: Sendable {
    enum Direction: Sendable {
        case readable
        case writable
    }

    /// Waits until `descriptor` is ready in `direction` or holds an error, `deadline` comes (of the monotonic clock), or the task
    /// is cancelled. When this returns nobody watches the descriptor any more, so that it may be closed.
    static func wait(for direction: Direction, on descriptor: Int32, until deadline: Int64? = nil) async {
        let events = Int16(direction == .readable ? POLLIN : POLLOUT)
        await shared.wait(descriptor: descriptor, events: events, deadline: deadline)
    }

    /// Waits until `deadline`, of the monotonic clock, or until the task is cancelled.
    static func sleep(until deadline: Int64) async {
        await shared.wait(descriptor: -1, events: 0, deadline: deadline)
    }

    // MARK: The thread

    private struct Waiter: Sendable {
        /// Negative for one that waits for a moment alone, as poll(2) takes it.
        let descriptor: Int32
        let events: Int16
        let deadline: Int64?
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State: Sendable {
        var waiters: [UInt64: Waiter] = [:]
        /// Waits that were cancelled before they began.
        var cancelled: Set<UInt64> = []
        var lastIdentifier: UInt64 = 0
    }

    private static let shared = Readiness()

    private let state = Mutex(State())
    /// Readable when the waiters have changed. Without one, where the process has no descriptor left, changes are looked for.
    private let change = wirewatch_eventfd()
    private static let lookingInterval: Int64 = 10_000_000

    private init() {
        DispatchQueue(label: "wirewatch.readiness").async { self.run() }
    }

    private func wait(descriptor: Int32, events: Int16, deadline: Int64?) async {
        let identifier = state.withLock { state in
            state.lastIdentifier += 1
            return state.lastIdentifier
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(
                    descriptor: descriptor, events: events, deadline: deadline, continuation: continuation)
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(identifier) != nil { return true }
                    state.waiters[identifier] = waiter
                    return false
                }
                if isCancelled { continuation.resume() } else { tellOfChange() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                if let waiter = state.waiters.removeValue(forKey: identifier) { return Optional(waiter) }
                state.cancelled.insert(identifier)
                return nil
            }
            tellOfChange()
            waiter?.continuation.resume()
        }
        // A cancellation may come when the wait is over: then it is nobody's.
        _ = state.withLock { $0.cancelled.remove(identifier) }
    }

    private func tellOfChange() {
        // Fails only where the counter is full, and then it is readable already.
        var one: UInt64 = 1
        _ = unsafe write(change, &one, MemoryLayout<UInt64>.size)
    }

    private func run() -> Never {
        wirewatch_sharpen_timers()
        var identifiers: [UInt64] = []
        var descriptors: [pollfd] = []
        while true {
            identifiers.removeAll(keepingCapacity: true)
            descriptors.removeAll(keepingCapacity: true)
            descriptors.append(pollfd(fd: change, events: Int16(POLLIN), revents: 0))
            var deadline = change < 0 ? MonotonicClock.now + Self.lookingInterval : Int64.max
            state.withLock { state in
                for (identifier, waiter) in state.waiters {
                    identifiers.append(identifier)
                    descriptors.append(pollfd(fd: waiter.descriptor, events: waiter.events, revents: 0))
                    deadline = min(deadline, waiter.deadline ?? .max)
                }
            }
            let left = deadline == .max ? -1 : max(0, deadline - MonotonicClock.now)
            let count = UInt32(descriptors.count)
            _ = unsafe descriptors.withUnsafeMutableBytes { unsafe wirewatch_poll($0.baseAddress, count, left) }
            if descriptors[0].revents != 0 {
                var changes: UInt64 = 0
                _ = unsafe read(change, &changes, MemoryLayout<UInt64>.size)
            }
            let now = MonotonicClock.now
            var over: [Waiter] = []
            state.withLock { state in
                for (index, identifier) in identifiers.enumerated() {
                    guard let waiter = state.waiters[identifier] else { continue }
                    let isOver = waiter.deadline.map { $0 <= now } ?? false
                    guard isOver || descriptors[index + 1].revents != 0 else { continue }
                    state.waiters[identifier] = nil
                    over.append(waiter)
                }
            }
            for waiter in over { waiter.continuation.resume() }
        }
    }

    /// Waits until `descriptor` has something to read, or `stop` is said, or the task is cancelled.
    static func wait(forInputOn descriptor: Int32, or stop: StopSignal) async {
        await withTaskGroup { group in
            group.addTask { await wait(for: .readable, on: descriptor) }
            group.addTask { await wait(for: .readable, on: stop.descriptor) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits until `descriptor` is ready in `direction` (true), or `timeout` nanoseconds have passed or the task is cancelled
    /// (false).
    static func wait(for direction: Direction, on descriptor: Int32, timeout: Int64?) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await wait(for: direction, on: descriptor)
                return !Task.isCancelled
            }
            if let timeout {
                group.addTask {
                    try? await Task.sleep(for: .nanoseconds(timeout))
                    return false
                }
            }
            let isReady = await group.next() ?? false
            group.cancelAll()
            return isReady
        }
    }
}
