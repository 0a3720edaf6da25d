import ArgumentParser
import Glibc
import Presentation
import SocketEvents

extension TCPCommand {
    struct Chat: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Talk with one peer over TCP: both sides send and receive at once.",
            discussion: """
                Lines of standard input are sent, the peer's are shown after `<`, and what befell after `*`. With --io \
                blocking one thread sends and another receives; with --io async two tasks do. The end of the input, or \
                a line that is `exit` alone, ends this half of the stream; the chat lasts until the peer ends its half \
                too. nc is a peer as good as another.
                """)

        @Argument(
            help: "Where to connect, or with --listen where to wait: host:port, [v6]:port, or :port.",
            transform: AddressArgument.parse)
        var address: AddressArgument

        @Flag(help: "Wait for the peer to connect; the first is taken, and nobody else.")
        var listen = false

        @OptionGroup(title: "Manner and output") var output: SocketOutputOptions
        @OptionGroup(title: "Messages") var messages: MessageOptions
        @OptionGroup(title: "Connecting") var connecting: ConnectOptions
        @OptionGroup(title: "Liveness") var ping: PingOptions
        @OptionGroup(title: "Socket options") var tcp: TCPOptions

        func validate() throws {
            if messages.size == 0 { throw ValidationError("--size must be 1 or more over TCP.") }
            if listen, connecting.bind != nil || connecting.connectTimeout != nil {
                throw ValidationError("--bind and --connect-timeout are for who connects, not for --listen.")
            }
        }

        func run() throws {
            let standardOutput = StandardOutput()
            let recorder = output.recorder(
                role: listen ? .server : .client, output: standardOutput, isShown: { !$0.isPartOfLines },
                style: .chat)
            // What is typed on a terminal stands there already.
            let isTyped = Terminal.isTerminal(STDIN_FILENO) && Terminal.isTerminal(STDOUT_FILENO)
            let dialogue = output.dialogueRecorder(
                role: recorder.role, style: .chat, output: standardOutput,
                isShown: { happening in
                    if case .sent = happening { return !isTyped }
                    return true
                })
            var rules = ConversationRules()
            rules.showsSentLines = true
            ping.set(&rules.dialogue)
            let talk = Conversation(
                rules: rules, options: tcp.options, messages: messages, recorder: recorder, dialogue: dialogue)
            TerminationSignals.endProgram()
            do throws(SocketError) {
                if listen {
                    try talk.listen(output.io, on: try address.value.resolve(for: .listening, .stream))
                } else {
                    let addresses = try address.value.resolve(for: .connecting, .stream)
                    try talk.connect(
                        output.io, to: addresses, from: try connecting.source(for: addresses),
                        timeout: connecting.connectTimeout?.nanoseconds)
                }
            } catch {
                throw listen ? FailureReport(error, listeningOn: address.value) : FailureReport(error)
            }
        }
    }
}
