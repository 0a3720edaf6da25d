import Dispatch
import Glibc
import Lab
import PacketDecode
import SocketEvents
import Synchronization
import TrafficBlocking

/// Reads a namespace's counters again and again, on a thread of its own, and keeps when each has changed.
final class CounterWatch: Sendable {
    /// What the counters went up by between two readings.
    struct Change: Sendable {
        /// Before the earlier reading, and behind the later one.
        let from: Timestamp
        let to: Timestamp
        let increments: [String: Int]
    }

    struct Record: Sendable {
        var changes: [Change] = []
        var failure: String?
    }

    /// The longest time between two readings, in microseconds.
    private static let pause: UInt32 = 300

    private let record = Mutex(Record())
    private let isStopped = Atomic(false)
    private let isOpen = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Starts in `namespace`, or in the caller's, and returns once the first reading is made.
    init(in namespace: NetworkNamespace? = nil) throws {
        _ = try SystemThread { [self] in
            do {
                try namespace?.enter()
                try watch()
            } catch {
                record.withLock { $0.failure = "\(error)" }
            }
            isOpen.signal()
            hasEnded.signal()
        }
        isOpen.wait()
    }

    private func watch() throws {
        var (last, lastTime) = (try KernelCounters.read(), Timestamp.now)
        isOpen.signal()
        var isLast = false
        while !isLast {
            isLast = isStopped.load(ordering: .acquiring)
            if !isLast { usleep(Self.pause) }
            let start = Timestamp.now
            let counters = try KernelCounters.read()
            let end = Timestamp.now
            let increments = counters.merging(last, uniquingKeysWith: -).filter { $0.value != 0 }
            if !increments.isEmpty {
                record.withLock {
                    $0.changes.append(Change(from: lastTime, to: end, increments: increments))
                }
            }
            (last, lastTime) = (counters, start)
        }
    }

    /// Makes a last reading and returns all that has changed.
    func stop() -> Record {
        isStopped.store(true, ordering: .releasing)
        hasEnded.wait()
        hasEnded.signal()
        return record.withLock { $0 }
    }
}
