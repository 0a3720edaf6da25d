import ArgumentParser

@main
struct Wirewatch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wirewatch",
        abstract: "Watch what programs say, what the wire carries, and what the kernel decides, on one timeline.")
}
