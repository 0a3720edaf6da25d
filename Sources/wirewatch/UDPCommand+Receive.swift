import ArgumentParser
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

extension UDPCommand {
    struct Receive: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Receive UDP datagrams, and show how much of each the buffer took.",
            discussion: """
                Prints one line a datagram: `1500 of 4000 octets: 2500 lost`. The kernel tells the length that was sent. Ends at an
                interrupt, or as --count and --duration say. Port 0 lets the kernel choose one; the first line names it.

                An iperf3 client wants a TCP connection to the same port before it sends. With --iperf3 that is answered, so that
                `iperf3 -u -c HOST -p PORT` runs its test against this receiver.
                """)

        @Argument(
            help: "Where to receive: host:port, [v6]:port, or :port for every address.",
            transform: AddressArgument.parse)
        var address: AddressArgument

        @Option(help: ArgumentHelp("Octets of the receive buffer.", valueName: "n"))
        var buffer = 1500

        @OptionGroup var output: SocketOutputOptions

        @Option(
            help: ArgumentHelp("Drop this share of the datagrams before the socket: 30% or 0.3.", valueName: "p"))
        var loss: ShareArgument?

        @Option(name: .shortAndLong, help: ArgumentHelp("End after N datagrams.", valueName: "n"))
        var count: Int?

        @Option(help: ArgumentHelp("End after this time, such as 10s.", valueName: "t"))
        var duration: DurationArgument?

        @Flag(name: .customLong("iperf3"), help: "Answer the control connection of iperf3 -u clients too, by TCP.")
        var answersIperf3 = false

        func validate() throws {
            guard (0...16_777_216).contains(buffer) else {
                throw ValidationError("--buffer must be from 0 to 16777216.")
            }
            if let count, count < 1 { throw ValidationError("--count must be 1 or more.") }
        }

        func run() throws {
            let totals = TrafficTotals()
            let recorder = output.recorder(role: .receiver, output: StandardOutput(), observe: totals.observe)
            let drops: UInt32?
            do throws(SocketError) {
                let addresses = try address.value.resolve(for: .listening, .datagram)
                let filter = loss.map { SocketFilter.dropDatagrams($0.value) }
                switch output.io {
                case .blocking:
                    drops = try receiveBlocking(on: addresses, filter: filter, recorder: recorder)
                case .async:
                    drops = try receiveAsync(on: addresses, filter: filter, recorder: recorder)
                }
            } catch {
                throw FailureReport(error, listeningOn: address.value)
            }
            StandardError.write(totals.receiverSummary(drops: drops))
        }

        /// Receives until the end, and returns how many datagrams the kernel dropped at the socket.
        private func receiveBlocking(
            on addresses: [SocketAddress], filter: SocketFilter?, recorder: SocketEventRecorder
        ) throws(SocketError) -> UInt32? {
            let stop = try StopSignal()
            TerminationSignals.handle { _ in stop.stop() }
            if let duration { try stop.stop(after: duration.nanoseconds) }
            let socket = try UDPSocket(receivingOn: addresses, filter: filter, recorder: recorder)
            let iperf3 = answersIperf3 ? try Iperf3Service(at: socket.local) : nil
            var received = 0
            while count.map({ received < $0 }) ?? true {
                guard let datagram = try socket.receive(bufferSize: buffer, stop: stop) else { break }
                iperf3?.observe(datagram, on: socket.descriptor)
                received += 1
            }
            iperf3?.stop()
            let drops = try? socket.memoryInfo().drops
            socket.close()
            return drops
        }

        /// The same, without holding a thread.
        private func receiveAsync(
            on addresses: [SocketAddress], filter: SocketFilter?, recorder: SocketEventRecorder
        ) throws(SocketError) -> UInt32? {
            let (buffer, count, answersIperf3) = (buffer, count, answersIperf3)
            return try AsyncWork.runUntilSignal(or: duration?.duration) { () async throws(SocketError) in
                let socket = try AsyncUDPSocket(receivingOn: addresses, filter: filter, recorder: recorder)
                let iperf3 = answersIperf3 ? try Iperf3Service(at: socket.local) : nil
                var received = 0
                while count.map({ received < $0 }) ?? true {
                    guard let datagram = try await socket.receive(bufferSize: buffer) else { break }
                    iperf3?.observe(datagram, on: socket.descriptor)
                    received += 1
                }
                iperf3?.stop()
                let drops = try? socket.memoryInfo().drops
                socket.close()
                return drops
            }
        }
    }
}
