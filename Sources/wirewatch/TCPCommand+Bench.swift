import ArgumentParser
import Glibc
import Presentation
import SocketEvents

extension TCPCommand {
    struct Bench: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure what a server does with many connections, blocking beside async.",
            discussion: """
                Starts `wirewatch tcp listen --echo` in a process of its own for each manner and number of connections, holds \
                them all, and lets some of them, or all, ask one question after the other. Prints a row for each load: \
                threads, memory for each connection, answers a second, the latency that half and 99 of a hundred answers \
                did not exceed, and context switches for each answer.
                """)

        @Option(help: ArgumentHelp("Measure this manner alone; without it both.", valueName: "io"))
        var io: IOManner?

        @Option(help: ArgumentHelp("Hold so many connections: numbers with commas.", valueName: "n"))
        var connections = CountsArgument([100, 1000, 10_000])

        @Option(
            help: ArgumentHelp("Let so many of them ask: numbers with commas, 'all' for each one.", valueName: "n"))
        var busy = CountsArgument([100, .max])

        @Option(help: ArgumentHelp("Ask for T under each load.", valueName: "t"))
        var duration = DurationArgument(seconds: 3)

        @Option(help: ArgumentHelp("Ask N octets, the line feed included.", valueName: "n"))
        var size = 64

        @Flag(help: "Print each row as one JSON object a line.")
        var json = false

        @Option(
            help: ArgumentHelp(
                "Write a page in Markdown to this file, and its plot beside it with the ending .svg.",
                valueName: "file"))
        var document: String?

        func validate() throws {
            guard connections.values.allSatisfy({ (1...50_000).contains($0) }) else {
                throw ValidationError("--connections takes numbers from 1 to 50000.")
            }
            guard busy.values.allSatisfy({ $0 >= 1 }) else {
                throw ValidationError("--busy takes numbers from 1, or all.")
            }
            guard (1...65536).contains(size) else { throw ValidationError("--size must be from 1 to 65536.") }
            guard (1_000_000...3_600_000_000_000).contains(duration.nanoseconds) else {
                throw ValidationError("--duration must be from 1ms to 1h.")
            }
            if let document, !document.hasSuffix(".md") { throw ValidationError("--document takes a file named ….md.") }
        }

        func run() throws {
            let json = json
            let limit = ProcessLimits.raiseDescriptorLimit()
            let most = connections.values.max() ?? 0
            guard limit > most + 100 else {
                throw FailureReport(
                    what: "cannot hold \(most) connections",
                    reason: "this process may open \(limit) descriptors", advice: "Raise the limit with: ulimit -n")
            }
            let output = StandardOutput()
            if !json { output.write { ScaleTable.appendHeading(to: &$0) } }
            let report: @Sendable (ScaleFigures) -> Void = { row in
                output.write { buffer in
                    if json { buffer.appendJSON(row) } else { ScaleTable.append(row, to: &buffer) }
                }
                if row.refused > 0 {
                    StandardError.write("the \(row.manner.rawValue) server refused \(row.refused) connections")
                }
            }
            var rows: [ScaleFigures] = []
            for count in connections.values {
                for manner in io.map({ [$0] }) ?? [.blocking, .async] {
                    let run = ScaleRun(
                        io: manner, connections: count, loads: busy.values, size: size,
                        duration: duration.duration, report: report)
                    rows += try measured(run)
                }
            }
            if let document { try write(rows, to: document) }
        }

        private func measured(_ run: ScaleRun) throws -> [ScaleFigures] {
            let outcome: Result<[ScaleFigures], FailureReport>
            do throws(SocketError) {
                outcome = try AsyncWork.run { () async throws(SocketError) in
                    do throws(FailureReport) {
                        return .success(try await run.run())
                    } catch {
                        return .failure(error)
                    }
                }
            } catch {
                throw FailureReport(error)
            }
            return try outcome.get()
        }

        private func write(_ rows: [ScaleFigures], to path: String) throws {
            let plotPath = path.dropLast(3) + ".svg"
            let plotName = plotPath.split(separator: "/").last.map(String.init) ?? String(plotPath)
            var page = OutputBuffer()
            ScaleDocument(
                rows, command: "wirewatch \(CommandLine.arguments.dropFirst().joined(separator: " "))",
                machine: Machine.description, plot: plotName
            ).append(to: &page)
            var plot = OutputBuffer()
            ScalePlotSVG(rows).append(to: &plot)
            for (bytes, path) in [(page.bytes, path), (plot.bytes, String(plotPath))] {
                let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
                let failure = descriptor < 0 ? errno : StandardOutput.write(bytes, to: descriptor)
                if descriptor >= 0 { close(descriptor) }
                guard failure == 0 else {
                    throw FailureReport(what: "cannot write \(path)", reason: StandardError.words(for: failure))
                }
            }
        }
    }
}

/// Numbers with commas on the command line; `all` is as many as there are.
struct CountsArgument: ExpressibleByArgument, CustomStringConvertible {
    let values: [Int]

    init(_ values: [Int]) { self.values = values }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let values = parts.compactMap { $0 == "all" ? Int.max : Int($0) }
        guard !parts.isEmpty, values.count == parts.count else { return nil }
        self.values = values
    }

    /// As the help shows the default.
    var description: String { values.map { $0 == .max ? "all" : "\($0)" }.joined(separator: ",") }
}
