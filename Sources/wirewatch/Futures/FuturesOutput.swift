import Glibc
import Presentation
import SocketEvents

/// What `futures` prints: each moment when it comes, and after each arrangement what it came to.
struct FuturesOutput: Sendable {
    private let manner: IOManner
    private let json: Bool
    private let columns: Int
    private let output = StandardOutput()

    init(_ manner: IOManner, json: Bool, columns: Int) {
        self.manner = manner
        self.json = json
        self.columns = columns
    }

    func begin(_ arrangement: TaskArrangement) {
        guard !json else { return }
        output.write { buffer in
            buffer.append(folding: arrangement.heading(manner), columns: columns)
        }
    }

    func show(_ moment: TaskMoment, _ arrangement: TaskArrangement) {
        output.write { buffer in
            if json {
                buffer.appendJSON(moment, arrangement, manner)
            } else {
                buffer.appendText(moment)
            }
        }
    }

    func end(_ run: TaskRun) {
        output.write { buffer in
            if json {
                buffer.appendJSON(run, manner)
                return
            }
            buffer.append(folding: run.summary, columns: columns)
            TaskBars(
                run.spans.map { TaskBars.Bar(name: "task \($0.task)", start: $0.start, end: $0.end) },
                columns: columns, isColoured: Terminal.isColoured(STDOUT_FILENO)
            ).append(to: &buffer)
            buffer.endLine()
        }
    }

    func close(_ runs: [TaskRun]) {
        guard !json else { return }
        output.write { buffer in
            for (index, run) in runs.enumerated() {
                buffer.append(index == 0 ? "" : ", ")
                buffer.append(run.arrangement.words)
                buffer.append(" ")
                buffer.append(secondsWithThreeDecimals: run.wallTime)
                buffer.append(" s")
            }
            buffer.endLine()
        }
    }
}

extension TaskArrangement {
    fileprivate var words: String {
        switch self {
        case .inTurn: "one after the other"
        case .atOnce: "at once"
        }
    }

    fileprivate func heading(_ manner: IOManner) -> String {
        switch (self, manner) {
        case (.inTurn, .blocking): "One after the other, on one thread, which each task blocks:"
        case (.atOnce, .blocking): "At once: a thread that sleeps can do nothing else, so this takes two:"
        case (.inTurn, .async): "One after the other, each awaited:"
        case (.atOnce, .async): "At once, on one thread, which a task that waits leaves to the other:"
        }
    }
}

extension TaskRun {
    fileprivate struct Span {
        let task: Int
        let start: Int64
        let end: Int64
    }

    /// From when to when each task ran, in the tasks' order.
    fileprivate var spans: [Span] {
        let moments = moments
        return moments.filter { $0.kind == .start }.sorted { $0.task < $1.task }.compactMap { start in
            moments.first { $0.kind == .end && $0.task == start.task }
                .map { Span(task: start.task, start: start.elapsed, end: $0.elapsed) }
        }
    }

    /// From the first task's start to the last one's end, in nanoseconds.
    fileprivate var wallTime: Int64 {
        let spans = spans
        return (spans.map(\.end).max() ?? 0) - (spans.map(\.start).min() ?? 0)
    }

    fileprivate var endOrder: [Int] { moments.filter { $0.kind == .end }.map(\.task) }

    /// The threads that tasks were on, in the order of their first moment.
    fileprivate var threads: [Int32] {
        var threads: [Int32] = []
        for moment in moments where !threads.contains(moment.thread) { threads.append(moment.thread) }
        return threads
    }

    fileprivate var processThreadCount: Int { moments.map(\.processThreadCount).max() ?? 0 }

    fileprivate var summary: String {
        var wall = OutputBuffer(capacity: 32)
        wall.append(secondsWithThreeDecimals: wallTime)
        let order = endOrder.map { "task \($0)" }.joined(separator: ", ")
        let threads = threads.count == 1 ? "1 thread" : "\(threads.count) threads"
        return "Ended: \(order). Wall time \(String(decoding: wall.bytes, as: UTF8.self)) s on \(threads); "
            + "the process had \(processThreadCount) in all."
    }
}

extension OutputBuffer {
    fileprivate mutating func appendText(_ moment: TaskMoment) {
        append("  ")
        append(secondsWithThreeDecimals: moment.elapsed)
        append(" s  task ")
        append(moment.task)
        append(moment.kind == .start ? " starts" : " ends  ")
        append("  on thread ")
        append(moment.thread)
        endLine()
    }

    fileprivate mutating func appendJSON(_ moment: TaskMoment, _ arrangement: TaskArrangement, _ manner: IOManner) {
        beginObject()
        key("event")
        value("task")
        key("manner")
        value(manner.rawValue)
        key("arrangement")
        value(arrangement.rawValue)
        key("task")
        value(moment.task)
        key("moment")
        value(moment.kind.rawValue)
        key("timestamp")
        value(moment.timestamp)
        key("elapsed")
        value(moment.elapsed)
        key("thread")
        value(moment.thread)
        key("processThreadCount")
        value(moment.processThreadCount)
        endObject()
        endLine()
    }

    fileprivate mutating func appendJSON(_ run: TaskRun, _ manner: IOManner) {
        beginObject()
        key("event")
        value("taskRun")
        key("manner")
        value(manner.rawValue)
        key("arrangement")
        value(run.arrangement.rawValue)
        key("wallTime")
        value(run.wallTime)
        key("endOrder")
        beginArray()
        for task in run.endOrder { value(task) }
        endArray()
        key("threads")
        beginArray()
        for thread in run.threads { value(thread) }
        endArray()
        key("processThreadCount")
        value(run.processThreadCount)
        key("tasks")
        beginArray()
        for span in run.spans {
            beginObject()
            key("task")
            value(span.task)
            key("start")
            value(span.start)
            key("end")
            value(span.end)
            endObject()
        }
        endArray()
        endObject()
        endLine()
    }
}
