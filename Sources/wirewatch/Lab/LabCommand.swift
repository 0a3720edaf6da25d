import ArgumentParser
import Lab

struct LabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "Run any programs on two hosts of your own, joined by a link that does as you say. Needs no rights.",
        subcommands: [Run.self, Shell.self, Watch.self, In.self, Init.self])

    /// The command that starts this program anew as the first process of a host.
    static func initCommand(_ manner: Init.Manner = .apart) -> [String] {
        ["/proc/self/exe", configuration.commandName ?? "lab", Init.name, manner.rawValue]
    }

    /// The first process on a host: see `ProgramInit`. Not for people.
    struct Init: ParsableCommand {
        static let name = "init"
        static let configuration = CommandConfiguration(
            commandName: name, abstract: "The first process on a host of the lab.", shouldDisplay: false)

        enum Manner: String, ExpressibleByArgument {
            /// The program has no terminal.
            case apart
            /// The program takes the terminal over.
            case interactive
        }

        @Argument var manner: Manner

        @Argument(parsing: .captureForPassthrough)
        var command: [String]

        func run() throws { ProgramInit.run(command, isInteractive: manner == .interactive) }
    }
}
