import ArgumentParser

struct UDPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "udp", abstract: "Make UDP traffic: receive datagrams, send them, or both.",
        subcommands: [Receive.self, Send.self, Chat.self])
}
