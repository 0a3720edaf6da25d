import Dispatch
import Glibc
import SocketEvents
import Synchronization

/// Asynchronous work that the main thread waits for. `main` stays synchronous, so that no thread exists before a command
/// wants one.
enum AsyncWork {
    /// Runs `body` in a task, waits for it, and returns what it returns.
    static func run<Success: Sendable>(
        _ body: @escaping @Sendable () async throws(SocketError) -> Success
    ) throws(SocketError) -> Success {
        try start(body).result()
    }

    /// The same, but SIGINT, SIGTERM, or the end of `duration`, cancels the task: then `body` ends in order.
    static func runUntilSignal<Success: Sendable>(
        or duration: Duration? = nil, _ body: @escaping @Sendable () async throws(SocketError) -> Success
    ) throws(SocketError) -> Success {
        // Blocked before the task's threads start, so that none of them takes the signal.
        let cancellation = Cancellation()
        TerminationSignals.handle { _ in cancellation.cancel() }
        let running = start(body)
        cancellation.arm { running.task.cancel() }
        let timer = duration.map { duration in
            Task {
                try? await Task.sleep(for: duration)
                if !Task.isCancelled { running.task.cancel() }
            }
        }
        defer { timer?.cancel() }
        return try running.result()
    }

    /// Makes a service and runs it; SIGINT or SIGTERM asks it to stop in its own way.
    static func runUntilSignal<Service: Sendable>(
        _ make: () throws(SocketError) -> Service, stop: @escaping @Sendable (Service) -> Void,
        run: @escaping @Sendable (Service) async throws(SocketError) -> Void
    ) throws(SocketError) {
        // Blocked before the service starts threads, so that none of them takes the signal.
        let cancellation = Cancellation()
        TerminationSignals.handle { _ in cancellation.cancel() }
        let service = try make()
        cancellation.arm { stop(service) }
        try start { () async throws(SocketError) in try await run(service) }.result()
    }

    private static func start<Success: Sendable>(
        _ body: @escaping @Sendable () async throws(SocketError) -> Success
    ) -> Running<Success> {
        let outcome = Outcome<Success>()
        return Running(
            task: Task {
                do throws(SocketError) {
                    outcome.set(.success(try await body()))
                } catch {
                    outcome.set(.failure(error))
                }
            }, outcome: outcome)
    }

    private struct Running<Success: Sendable> {
        let task: Task<Void, Never>
        let outcome: Outcome<Success>

        func result() throws(SocketError) -> Success { try outcome.wait().get() }
    }

    /// A result that one thread waits for.
    private final class Outcome<Success: Sendable>: Sendable {
        private let value = Mutex<Result<Success, SocketError>?>(nil)
        private let isSet = DispatchSemaphore(value: 0)

        func set(_ result: Result<Success, SocketError>) {
            value.withLock { $0 = result }
            isSet.signal()
        }

        func wait() -> Result<Success, SocketError> {
            while true {
                isSet.wait()
                if let result = value.withLock({ $0 }) { return result }
            }
        }
    }

    /// A wish to cancel that may come before there is anything to cancel.
    private final class Cancellation: Sendable {
        private struct State {
            var isCancelled = false
            var action: (@Sendable () -> Void)?
        }

        private let state = Mutex(State())

        func cancel() {
            let action = state.withLock { state in
                state.isCancelled = true
                return state.action
            }
            action?()
        }

        func arm(_ action: @escaping @Sendable () -> Void) {
            let isCancelled = state.withLock { state in
                state.action = action
                return state.isCancelled
            }
            if isCancelled { action() }
        }
    }
}
