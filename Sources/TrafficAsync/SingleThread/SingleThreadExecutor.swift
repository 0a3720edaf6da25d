internal import Dispatch
internal import Synchronization

/// A task executor that has one thread: the one that calls `run`. Tasks on it take turns, and nothing of theirs runs
/// anywhere else; the process needs no other thread for them.
///
/// It has its own timer. `Task.sleep` is woken by a thread of the global executor's: then tasks that wait would not have
/// done with one thread.
public final class SingleThreadExecutor: TaskExecutor, Sendable {
    private struct Sleeper {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        /// Jobs that may run, the first one first.
        var jobs: [UnownedJob] = []
        /// Tasks that sleep. Invariant: the one that is due next is the last, of equals the one that came first.
        var sleepers: [Sleeper] = []
    }

    private final class Outcome<Success: Sendable>: Sendable {
        let value = Mutex<Success?>(nil)
    }

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)

    public init() {}

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        arrival.signal()
    }

    /// Runs `body` as a task, with every child task of its own, on the calling thread, and returns what it returns.
    public func run<Success: Sendable>(_ body: @escaping @Sendable () async -> Success) -> Success {
        let outcome = Outcome<Success>()
        Task(executorPreference: self) {
            let success = await body()
            outcome.value.withLock { $0 = success }
        }
        while true {
            let hasWorked = runWhatIsDue()
            if let success = outcome.value.withLock({ $0 }) { return success }
            if !hasWorked { waitForWork() }
        }
    }

    /// Suspends the calling task, and leaves the thread to the others meanwhile.
    public func sleep(for duration: Duration) async {
        let deadline = ContinuousClock.now.advanced(by: duration)
        await withCheckedContinuation { continuation in
            state.withLock { state in
                let place = state.sleepers.firstIndex { $0.deadline <= deadline } ?? state.sleepers.endIndex
                state.sleepers.insert(Sleeper(deadline: deadline, continuation: continuation), at: place)
            }
            arrival.signal()
        }
    }

    /// Wakes the sleepers whose time has come, and runs the jobs that are there; false where there was nothing to do.
    private func runWhatIsDue() -> Bool {
        let now = ContinuousClock.now
        let (due, jobs) = state.withLock { state in
            var due: [Sleeper] = []
            while let next = state.sleepers.last, next.deadline <= now { due.append(state.sleepers.removeLast()) }
            let jobs = state.jobs
            state.jobs = []
            return (due, jobs)
        }
        for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
        for sleeper in due { sleeper.continuation.resume() }
        return !due.isEmpty || !jobs.isEmpty
    }

    /// Blocks the thread until something is enqueued, or until the next sleeper is due.
    private func waitForWork() {
        guard let deadline = state.withLock({ $0.sleepers.last?.deadline }) else { return arrival.wait() }
        let (seconds, attoseconds) = ContinuousClock.now.duration(to: deadline).components
        let nanoseconds = max(0, min(seconds, 1 << 30) * 1_000_000_000 + attoseconds / 1_000_000_000)
        // Whether it was signalled or the time has passed: the caller looks.
        _ = arrival.wait(timeout: .now() + .nanoseconds(Int(nanoseconds)))
    }
}
