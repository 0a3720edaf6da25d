import ArgumentParser
import Glibc
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

struct FuturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "futures",
        abstract: "Watch two tasks wait, one after the other and at once: what a future is for.",
        discussion: """
            With --io async both arrangements run on one thread, and the process has no other. With --io blocking one thread \
            runs one task after the other; at once takes a second thread.
            """)

    @Option(help: "Tasks that block their thread, or asynchronous ones.")
    var io: IOManner = .async

    @Option(
        help: ArgumentHelp("How long the two tasks take; by default 5s and 3s.", valueName: "a,b"),
        transform: Self.parse)
    var seconds = [DurationArgument(seconds: 5), DurationArgument(seconds: 3)]

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func run() throws {
        let output = FuturesOutput(io, json: json, columns: Terminal.columns(STDOUT_FILENO) ?? 80)
        let tasks = TwoTasks(first: seconds[0].duration, second: seconds[1].duration)
        // One executor for both, so that it is one thread's doing: this one's.
        let executor = SingleThreadExecutor()
        var runs: [TaskRun] = []
        for arrangement in TaskArrangement.allCases {
            output.begin(arrangement)
            let run = TaskRun(arrangement) { output.show($0, arrangement) }
            do throws(ThreadError) {
                switch (io, arrangement) {
                case (.blocking, .inTurn): tasks.blockingInTurn(run)
                case (.blocking, .atOnce): try tasks.blockingAtOnce(run)
                case (.async, .inTurn): executor.run { await tasks.asyncInTurn(run, on: executor) }
                case (.async, .atOnce): executor.run { await tasks.asyncAtOnce(run, on: executor) }
                }
            } catch {
                throw FailureReport(
                    what: "cannot start a second thread", reason: StandardError.words(for: error.errno),
                    advice: "See the limits with: ulimit -u")
            }
            output.end(run)
            runs.append(run)
        }
        output.close(runs)
    }

    /// `5,3`, or with units: `500ms,300ms`.
    private static func parse(_ text: String) throws -> [DurationArgument] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let durations = parts.compactMap { DurationArgument(argument: String($0)) }
        guard parts.count == 2, durations.count == 2 else {
            throw ValidationError("'\(text)' is not two times, as in 5,3 or 500ms,300ms.")
        }
        return durations
    }
}
