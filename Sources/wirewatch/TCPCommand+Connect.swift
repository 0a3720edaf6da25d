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
                input, ends this half of the stream; what the server still says is shown until it ends its half.
                """)

        @Argument(
            help: "Where to connect: host:port, [v6]:port, or :port for this machine.",
            transform: AddressArgument.parse)
        var address: AddressArgument

        @OptionGroup var output: SocketOutputOptions
        @OptionGroup var messages: MessageOptions
        @OptionGroup(title: "Bulk tests") var bulk: Iperf3ConnectOptions

        func validate() throws {
            // A datagram may be empty; a stream carries nothing at all of a message without octets.
            if messages.size == 0 { throw ValidationError("--size must be 1 or more over TCP.") }
        }

        func run() throws {
            if bulk.iperf3 {
                let interval = messages.interval?.nanoseconds
                return try bulk.run(address.value, io: output.io, json: output.json, interval: interval)
            }
            let recorder = output.recorder(role: .client, output: StandardOutput())
            TerminationSignals.endProgram()
            do throws(SocketError) {
                let addresses = try address.value.resolve(for: .connecting, .stream)
                switch output.io {
                case .blocking:
                    var source = MessageSource(messages, endsWithLineFeed: true)
                    let socket = try TCPSocket(connectingTo: addresses, recorder: recorder)
                    try socket.converse { stop in source.next(stop: stop) }
                case .async:
                    let source = try AsyncMessageSource(MessageSource(messages, endsWithLineFeed: true))
                    try AsyncWork.run { () async throws(SocketError) in
                        let client = try await AsyncTCPClient(connectingTo: addresses, recorder: recorder)
                        try await client.converse { await source.next() }
                    }
                }
            } catch {
                throw FailureReport(error)
            }
        }
    }
}
