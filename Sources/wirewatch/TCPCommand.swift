import ArgumentParser

struct TCPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tcp", abstract: "Make TCP traffic: listen for connections, open one, or chat.",
        subcommands: [Listen.self, Connect.self, Chat.self])
}
