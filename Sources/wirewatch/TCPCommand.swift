import ArgumentParser

struct TCPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tcp", abstract: "Make TCP traffic: listen for connections, open one, chat, or measure many.",
        subcommands: [Listen.self, Connect.self, Chat.self, Bench.self])
}
