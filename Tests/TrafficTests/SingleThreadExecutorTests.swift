import Synchronization
import Testing
import TrafficAsync
import TrafficBlocking

@Suite struct SingleThreadExecutorTests {
    fileprivate final class Log: Sendable {
        let entries = Mutex<[(what: String, thread: Int32)]>([])
        func note(_ what: String) { entries.withLock { $0.append((what, SystemThread.currentNumber)) } }
        var texts: [String] { entries.withLock { $0.map(\.what) } }
        var threads: Set<Int32> { entries.withLock { Set($0.map(\.thread)) } }
    }

    @Test func returnsWhatTheTaskReturns() async throws {
        let value = try await onThread { SingleThreadExecutor().run { 42 } }
        #expect(value == 42)
    }

    @Test func tasksThatSleepShareTheCallingThread() async throws {
        let log = Log()
        try await onThread {
            log.note("caller")
            let executor = SingleThreadExecutor()
            executor.run {
                async let slow: Void = sleep("slow", 60, log, executor)
                async let quick: Void = sleep("quick", 20, log, executor)
                _ = await (slow, quick)
            }
        }
        // The one that is due first ends first, whenever the thread gets to look.
        #expect(log.texts.filter { $0.hasSuffix("ended") } == ["quick ended", "slow ended"])
        #expect(log.texts.dropFirst().prefix(2).allSatisfy { $0.hasSuffix("started") })
        #expect(log.threads.count == 1)
    }

    @Test func equalDeadlinesEndInTheirOrder() async throws {
        let log = Log()
        try await onThread {
            let executor = SingleThreadExecutor()
            executor.run {
                await withDiscardingTaskGroup { group in
                    for number in 1...20 { group.addTask { await sleep("\(number)", 1, log, executor) } }
                }
            }
        }
        #expect(log.texts.count == 40)
        #expect(log.threads.count == 1)
    }

    @Test func runsAgain() async throws {
        let values = try await onThread {
            let executor = SingleThreadExecutor()
            return (1...3).map { number in
                executor.run {
                    await executor.sleep(for: .zero)
                    return number
                }
            }
        }
        #expect(values == [1, 2, 3])
    }
}

private func sleep(
    _ name: String, _ milliseconds: Int, _ log: SingleThreadExecutorTests.Log, _ executor: SingleThreadExecutor
) async {
    log.note("\(name) started")
    await executor.sleep(for: .milliseconds(milliseconds))
    log.note("\(name) ended")
}
