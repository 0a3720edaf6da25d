import ArgumentParser
import Glibc
import Lab

/// Real connections under loss, in namespaces of their own; what wirewatch says of their frames beside what the kernel
/// counted. Tests start it: a test process has threads and cannot enter a user namespace.
@main
struct TruthHarness: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wirewatch-truth",
        abstract: "Score wirewatch's labels against the kernel's counters, and measure what the lab promises.",
        discussion: "Each run is one process, prints one JSON object, and exits with 0, or 2 where the run is void.",
        subcommands: [Loopback.self, Causes.self, Sockets.self, Delay.self, Synthetic.self])
}

/// What the connections of a run do.
struct TrafficOptions: ParsableArguments {
    @Option(help: "Repeats the same sizes and pauses; the kernel's timing stays its own.")
    var seed: UInt64 = 1

    @Option(help: "Connections at once.")
    var connections = 4

    @Option(help: "Octets that each client sends.")
    var octets = 60_000

    @Option(help: "The longest pause between two writes, in milliseconds.")
    var pause: UInt32 = 5

    @Option(help: "Keep the frames here, one file an interface, named by the seed.")
    var keep: String?

    @Option(help: "Seconds after which an unfinished run is void.")
    var deadline = 60
}
