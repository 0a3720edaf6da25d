import ArgumentParser
import Glibc
import Presentation

@main
struct Wirewatch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wirewatch",
        abstract: "Watch what programs say, what the wire carries, and what the kernel decides, on one timeline.",
        subcommands: [
            DemoCommand.self,
            LabCommand.self,
            CaptureCommand.self,
            ReadCommand.self,
            FlowsCommand.self,
            ExplainCommand.self,
            FollowCommand.self,
            InterfacesCommand.self,
            TCPCommand.self,
            UDPCommand.self,
            FuturesCommand.self,
        ])

    /// Runs the command on the main thread, with no other thread started before it: a command may enter namespaces.
    static func main() {
        // A reader that goes away is told by EPIPE from write(2), which ends the program quietly.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let report as FailureReport {
            StandardError.write(report)
            Glibc.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}
