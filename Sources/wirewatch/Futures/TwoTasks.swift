import Presentation
import TrafficAsync
import TrafficBlocking

/// Two tasks that do nothing but wait, in either manner and arrangement.
struct TwoTasks: Sendable {
    let first: Duration
    let second: Duration

    // MARK: Blocking: a thread that sleeps does nothing else

    /// One after the other is what one thread can do.
    func blockingInTurn(_ run: TaskRun) {
        Self.block(1, first, run)
        Self.block(2, second, run)
    }

    /// At once takes a thread for each: the calling one, and one more.
    func blockingAtOnce(_ run: TaskRun) throws(ThreadError) {
        let second = second
        let thread = try SystemThread { Self.block(2, second, run) }
        Self.block(1, first, run)
        thread.join()
    }

    private static func block(_ task: Int, _ duration: Duration, _ run: TaskRun) {
        run.note(task, .start)
        ThreadSleep.sleep(for: duration)
        run.note(task, .end)
    }

    // MARK: Asynchronous: a task that sleeps leaves the thread to the others

    func asyncInTurn(_ run: TaskRun, on executor: SingleThreadExecutor) async {
        await Self.wait(1, first, run, executor)
        await Self.wait(2, second, run, executor)
    }

    func asyncAtOnce(_ run: TaskRun, on executor: SingleThreadExecutor) async {
        async let one: Void = Self.wait(1, first, run, executor)
        async let two: Void = Self.wait(2, second, run, executor)
        _ = await (one, two)
    }

    private static func wait(
        _ task: Int, _ duration: Duration, _ run: TaskRun, _ executor: SingleThreadExecutor
    ) async {
        run.note(task, .start)
        await executor.sleep(for: duration)
        run.note(task, .end)
    }
}
