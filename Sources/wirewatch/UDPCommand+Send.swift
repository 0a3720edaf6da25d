import ArgumentParser
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

extension UDPCommand {
    struct Send: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send UDP datagrams: one for each line, or made ones.",
            discussion: """
                Each line of standard input is sent as one datagram, without its line feed. A line that is `exit` \
                alone, or the end of the input, ends the sender.
                """)

        @Argument(
            help: "Where to send: host:port, [v6]:port, or :port for this machine.",
            transform: AddressArgument.parse)
        var address: AddressArgument

        @OptionGroup var output: SocketOutputOptions
        @OptionGroup var messages: MessageOptions

        func run() throws {
            let recorder = output.recorder(role: .sender, output: StandardOutput())
            TerminationSignals.endProgram()
            do throws(SocketError) {
                let addresses = try address.value.resolve(for: .connecting, .datagram)
                switch output.io {
                case .blocking: try sendBlocking(to: addresses, recorder: recorder)
                case .async: try sendAsync(to: addresses, recorder: recorder)
                }
            } catch {
                throw FailureReport(error)
            }
        }

        private func sendBlocking(
            to addresses: [SocketAddress], recorder: SocketEventRecorder
        ) throws(SocketError) {
            var source = MessageSource(messages, endsWithLineFeed: false)
            let stop = try StopSignal()
            let socket = try UDPSocket(sendingTo: addresses, recorder: recorder)
            while let message = source.next(stop: stop) { try socket.send(message) }
            try socket.checkForAnswer()
            socket.close()
        }

        private func sendAsync(to addresses: [SocketAddress], recorder: SocketEventRecorder) throws(SocketError) {
            let source = try AsyncMessageSource(MessageSource(messages, endsWithLineFeed: false))
            try AsyncWork.run { () async throws(SocketError) in
                let socket = try AsyncUDPSocket(sendingTo: addresses, recorder: recorder)
                while let message = await source.next() { try await socket.send(message) }
                try socket.checkForAnswer()
                socket.close()
            }
        }
    }
}
