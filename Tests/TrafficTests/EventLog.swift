import PacketDecode
import SocketEvents
import Synchronization

/// Keeps the events of a test's sockets, and lets the test wait for one without holding a thread.
final class EventLog: Sendable {
    private struct Waiter {
        let matches: @Sendable ([SocketEvent]) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var events: [SocketEvent] = []
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    func recorder(_ role: SocketRole, _ manner: IOManner) -> SocketEventRecorder {
        SocketEventRecorder(role: role, manner: manner, contentLimit: 1_000_000) { self.add($0) }
    }

    private func add(_ event: SocketEvent) {
        let ready = state.withLock { state in
            state.events.append(event)
            let ready = state.waiters.filter { $0.matches(state.events) }
            state.waiters.removeAll { $0.matches(state.events) }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    var events: [SocketEvent] { state.withLock { $0.events } }

    /// Waits until the events so far match. A test's time limit ends a wait that would not.
    func wait(until matches: @escaping @Sendable ([SocketEvent]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if matches(state.events) { return true }
                state.waiters.append(Waiter(matches: matches, continuation: continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Waits for the first event that matches.
    func first(where matches: @escaping @Sendable (SocketEvent) -> Bool) async -> SocketEvent? {
        await wait { $0.contains(where: matches) }
        return events.first(where: matches)
    }

    /// All octets that were received from `peer`, in order.
    func received(from peer: Endpoint) -> [UInt8] {
        events.filter { $0.call == .receive && $0.peer == peer }.flatMap(\.content)
    }
}
