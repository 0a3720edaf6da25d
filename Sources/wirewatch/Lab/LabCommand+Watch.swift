import ArgumentParser
import Glibc
import Lab
import Presentation

extension LabCommand {
    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow the timeline of a `wirewatch lab shell` from another terminal.",
            discussion: """
                It shows the latest events, at least 4096 where there were as many, and goes on until the shell ends, or an \
                interrupt. In the shell itself, or on its other host, it works as well: --no-follow shows what has happened \
                and leaves the terminal to the shell.
                """)

        @Argument(help: "The process of the shell's wirewatch, where several run.")
        var process: Int32?

        @Flag(inversion: .prefixedNo, help: "Go on with what is still to come.")
        var follow = true

        @Flag(help: "Print each event as a JSON object on a line of its own.")
        var json = false

        func run() throws {
            let output = StandardOutput()
            TerminationSignals.handle { _ in output.endProgram(0) }
            let request = WatchRequest(
                columns: Terminal.lineLength(STDOUT_FILENO), isColoured: Terminal.isColoured(STDOUT_FILENO),
                isJSON: json, follows: follow)
            do throws(LabDoor.Failure) {
                try LabDoor.watch(process: process, request) { octets in
                    output.write { $0.append(octets: octets) }
                }
            } catch {
                throw FailureReport(error)
            }
            if follow { StandardError.write("the lab has ended") }
        }
    }
}

extension FailureReport {
    fileprivate init(_ error: LabDoor.Failure) {
        let what = "there is nothing to watch"
        switch error {
        case .noLab(nil):
            self.init(
                what: what, reason: "no lab of yours runs here", advice: "Start one with wirewatch lab shell")
        case .noLab(let process?):
            self.init(
                what: what, reason: "process \(process) is no lab of yours",
                advice: "Without a number the one that runs is found")
        case .severalLabs(let processes):
            self.init(
                what: "there is a choice to make",
                reason: "several labs run: \(processes.map(String.init).joined(separator: ", "))",
                advice: "Name one of them: wirewatch lab watch \(processes[0])")
        }
    }
}
