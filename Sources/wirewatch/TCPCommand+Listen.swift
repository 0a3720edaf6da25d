import ArgumentParser
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

extension TCPCommand {
    struct Listen: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve any number of TCP clients, and show what each says.",
            discussion: """
                Prints one line a socket call, until an interrupt. Port 0 lets the kernel choose one; the first line \
                names it. Bytes that are not printable UTF-8 are shown escaped.
                """)

        @Argument(
            help: "Where to listen: host:port, [v6]:port, or :port for every address.",
            transform: AddressArgument.parse)
        var address: AddressArgument

        @OptionGroup var output: SocketOutputOptions

        @Option(
            help: ArgumentHelp(
                "Drop this share of the segments that carry data, before TCP sees them: 30% or 0.3.", valueName: "p"))
        var loss: ShareArgument?

        @OptionGroup(title: "Bulk tests") var bulk: Iperf3ListenOptions

        func run() throws {
            let totals = TrafficTotals()
            let recorder = output.recorder(role: .server, output: StandardOutput()) { event in
                totals.observe(event)
                // What stops all clients is told to the operator too; what concerns one client is not.
                if event.call == .accept, let failure = event.failure {
                    StandardError.write(FailureReport(failure))
                }
            }
            do throws(SocketError) {
                let addresses = try address.value.resolve(for: .listening, .stream)
                let filter = loss.map { SocketFilter.dropSegmentsWithPayload($0.value) }
                if bulk.iperf3 { return try bulk.run(on: addresses, filter: filter, io: output.io, json: output.json) }
                switch output.io {
                case .blocking: try serveBlocking(on: addresses, filter: filter, recorder: recorder)
                case .async: try serveAsync(on: addresses, filter: filter, recorder: recorder)
                }
            } catch {
                throw FailureReport(error, listeningOn: address.value)
            }
            StandardError.write(totals.serverSummary)
        }

        private func serveBlocking(
            on addresses: [SocketAddress], filter: SocketFilter?, recorder: SocketEventRecorder
        ) throws(SocketError) {
            let server = try TCPServer(on: addresses, filter: filter, recorder: recorder)
            TerminationSignals.handle { _ in server.stop() }
            try server.run()
        }

        private func serveAsync(
            on addresses: [SocketAddress], filter: SocketFilter?, recorder: SocketEventRecorder
        ) throws(SocketError) {
            try AsyncWork.runUntilSignal { () async throws(SocketError) in
                let server = try AsyncTCPServer(on: addresses, filter: filter, recorder: recorder)
                try await server.run()
            }
        }
    }
}
