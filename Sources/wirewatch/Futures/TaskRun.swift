import Glibc
import PacketDecode
import SocketEvents
import Synchronization
import TrafficBlocking

/// How two tasks are put together.
enum TaskArrangement: String, Sendable, CaseIterable {
    /// The second one starts when the first has ended.
    case inTurn
    /// Both run from the start.
    case atOnce
}

/// A task started, or ended.
struct TaskMoment: Sendable {
    enum Kind: String, Sendable { case start, end }

    /// From 1 on.
    let task: Int
    let kind: Kind
    let timestamp: Timestamp
    /// Nanoseconds since the run's start, by a clock that nobody sets.
    let elapsed: Int64
    /// The kernel's number for the thread that the task was on.
    let thread: Int32
    /// How many threads the process had.
    let processThreadCount: Int
}

/// What the tasks of one arrangement did, noted where they do it: from any thread.
final class TaskRun: Sendable {
    let arrangement: TaskArrangement
    private let start = ContinuousClock.now
    private let noted = Mutex<[TaskMoment]>([])
    private let observe: @Sendable (TaskMoment) -> Void

    init(_ arrangement: TaskArrangement, observe: @escaping @Sendable (TaskMoment) -> Void) {
        self.arrangement = arrangement
        self.observe = observe
    }

    var moments: [TaskMoment] { noted.withLock { $0 } }

    /// Notes a moment of the task that calls it.
    func note(_ task: Int, _ kind: TaskMoment.Kind) {
        // Noted and shown under one lock, so that the lines stand in the order of the record.
        noted.withLock { noted in
            let (seconds, attoseconds) = start.duration(to: .now).components
            let moment = TaskMoment(
                task: task, kind: kind, timestamp: .now,
                elapsed: seconds * 1_000_000_000 + attoseconds / 1_000_000_000, thread: SystemThread.currentNumber,
                processThreadCount: Self.processThreadCount)
            noted.append(moment)
            observe(moment)
        }
    }

    /// A folder's links are its name, its own `.`, and each subfolder's `..`: proc(5) has a subfolder for each thread.
    private static var processThreadCount: Int {
        var status = stat()
        guard unsafe stat("/proc/self/task", &status) == 0 else { return 0 }
        return Int(status.st_nlink) - 2
    }
}
