import ArgumentParser

struct TCPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tcp", abstract: "Make TCP traffic: listen for connections, or open one.",
        subcommands: [Listen.self, Connect.self])
}
