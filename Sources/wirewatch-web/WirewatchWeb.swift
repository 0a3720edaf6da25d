import ArgumentParser
import Glibc
import Presentation

@main
struct WirewatchWeb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wirewatch-web",
        abstract: "Send a value over HTTP, and receive it: traffic to watch with wirewatch.",
        subcommands: [ServeCommand.self, PostCommand.self])

    static func main() async {
        // A reader that goes away is told by EPIPE from write(2), which ends the program quietly.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let report as FailureReport {
            WebOutput.writeError(report.line)
            Glibc.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}
