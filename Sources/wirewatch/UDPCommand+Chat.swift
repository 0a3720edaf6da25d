import ArgumentParser
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

extension UDPCommand {
    struct Chat: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send lines and show what comes, both at once, over one socket.",
            discussion: """
                With --io blocking one thread sends and another receives; with --io async two tasks do. The socket is not \
                connected: it takes anybody's datagrams, and a port that refuses is told and ends nothing. For example:

                wirewatch udp chat 127.0.0.1:7001 --bind 127.0.0.1:7000
                wirewatch udp chat 127.0.0.1:7000 --bind 127.0.0.1:7001

                Several may talk in a multicast group: each binds its port and joins it.

                wirewatch udp chat 239.1.2.3:7000 --bind :7000 --join 239.1.2.3
                """)

        @Argument(
            help: "Where lines go: host:port, [v6]:port, or :port for this machine.",
            transform: AddressArgument.parse)
        var address: AddressArgument

        @OptionGroup(title: "Manner and output") var output: SocketOutputOptions
        @OptionGroup(title: "The socket") var path: DatagramPathOptions

        @Option(
            name: .customLong("join"), help: ArgumentHelp("Join this multicast group.", valueName: "group"))
        var groups: [String] = []

        @Option(help: ArgumentHelp("Receive so much longer after the input's end.", valueName: "t"))
        var wait = DurationArgument(nanoseconds: 0)

        func run() throws {
            let recorder = output.recorder(role: .sender, output: StandardOutput(), outlivesFailures: true)
            do throws(SocketError) {
                let addresses = try address.value.resolve(for: .connecting, .datagram)
                switch output.io {
                case .blocking: try chatBlocking(with: addresses, recorder)
                case .async: try chatAsync(with: addresses, recorder)
                }
            } catch {
                throw FailureReport(error)
            }
        }

        private func prepare(_ descriptor: borrowing SocketDescriptor) throws(SocketError) {
            // Groups first: they let several share the port, which must be so before it is bound.
            try MulticastOptions.join(groups, on: path.interface, descriptor)
            try path.prepare(descriptor)
        }

        private func chatBlocking(
            with addresses: [SocketAddress], _ recorder: SocketEventRecorder
        ) throws(SocketError) {
            let stop = try StopSignal()
            TerminationSignals.handle { _ in stop.stop() }
            let shared = SharedSocket(
                try UDPSocket(sendingTo: addresses, .unconnected, recorder: recorder) {
                    descriptor throws(SocketError) in
                    try prepare(descriptor)
                })
            StandardError.write("receiving on \(shared.socket.local)")
            let reception = try DuplexThread(on: shared)
            var lines = MessageSource(linesEndingWithLineFeed: false)
            while let line = lines.next(stop: stop) { try shared.socket.send(line) }
            stop.wait(nanoseconds: wait.nanoseconds)
            try reception.end()
            shared.close()
        }

        private func chatAsync(with addresses: [SocketAddress], _ recorder: SocketEventRecorder) throws(SocketError) {
            let command = self
            let lines = try AsyncMessageSource(MessageSource(linesEndingWithLineFeed: false))
            try AsyncWork.runUntilSignal { () async throws(SocketError) in
                let shared = SharedAsyncSocket(
                    try AsyncUDPSocket(sendingTo: addresses, .unconnected, recorder: recorder) {
                        descriptor throws(SocketError) in
                        try command.prepare(descriptor)
                    })
                StandardError.write("receiving on \(shared.socket.local)")
                let reception = DuplexTask(on: shared)
                while let line = await lines.next() { try await shared.socket.send(line) }
                try? await Task.sleep(for: command.wait.duration)
                try await reception.end()
                shared.close()
            }
        }
    }
}
