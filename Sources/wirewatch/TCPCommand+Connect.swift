import ArgumentParser
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

extension TCPCommand {
    struct Connect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a TCP connection, send lines or made messages, and show what comes back.",
            discussion: """
                Each line of standard input is sent with its line feed. A line that is `exit` alone, or the end of the \
                input, closes in order: this half of the stream ends, and what the server still says is shown until it \
                ends its half, or has been silent for --grace.
                """)

        @Argument(
            help: "Where to connect: host:port, [v6]:port, or :port for this machine.",
            transform: AddressArgument.parse)
        var address: AddressArgument

        @OptionGroup(title: "Manner and output") var output: SocketOutputOptions
        @OptionGroup(title: "Messages") var messages: MessageOptions
        @OptionGroup(title: "Connecting") var connecting: ConnectOptions
        @OptionGroup(title: "Ending") var ending: EndingOptions
        @OptionGroup(title: "Liveness") var ping: PingOptions
        @OptionGroup(title: "Socket options") var tcp: TCPOptions
        @OptionGroup(title: "Bulk tests") var bulk: Iperf3ConnectOptions

        func validate() throws {
            // A datagram may be empty; a stream carries nothing at all of a message without octets.
            if messages.size == 0 { throw ValidationError("--size must be 1 or more over TCP.") }
        }

        func run() throws {
            if bulk.iperf3 {
                let interval = messages.interval?.nanoseconds
                return try bulk.run(
                    address.value, io: output.io, json: output.json, interval: interval, options: tcp.options)
            }
            let standardOutput = StandardOutput()
            let recorder = output.recorder(role: .client, output: standardOutput)
            let dialogue = output.dialogueRecorder(
                role: .client, style: .service, output: standardOutput, isShown: { !$0.isLine })
            var rules = ConversationRules()
            ping.set(&rules.dialogue)
            ending.set(&rules)
            let talk = Conversation(
                rules: rules, options: ending.options(tcp.options), messages: messages, recorder: recorder,
                dialogue: dialogue)
            TerminationSignals.endProgram()
            do throws(SocketError) {
                let addresses = try address.value.resolve(for: .connecting, .stream)
                try talk.connect(
                    output.io, to: addresses, from: try connecting.source(for: addresses),
                    timeout: connecting.connectTimeout?.nanoseconds)
            } catch {
                throw FailureReport(error)
            }
        }
    }
}
