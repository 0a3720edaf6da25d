import ArgumentParser

struct UDPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "udp", abstract: "Make UDP traffic: receive datagrams, or send them.",
        subcommands: [Receive.self, Send.self])
}
