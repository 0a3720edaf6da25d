import ArgumentParser
import PacketDecode
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

extension UDPCommand {
    struct Receive: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Receive UDP datagrams, and show how much of each the buffer took.",
            discussion: """
                Prints one line a datagram: `1500 of 4000 octets: 2500 lost`. The kernel tells the length that was \
                sent. Ends at an interrupt, or as --count and --duration say. Port 0 lets the kernel choose one; the \
                first line names it.

                With --numbered datagrams have no lines of their own. At the end, and each --interval, there is a report \
                for each sender instead: what of its numbers was lost, doubled or out of order, and the jitter (RFC 3550). \
                Numbers count from 1, so what was sent before the receiver started is lost. What the kernel dropped at the \
                socket, for want of room, stands in the sum.

                An iperf3 client wants a TCP connection to the same port before it sends. With --iperf3 that is \
                answered, so that `iperf3 -u -c HOST -p PORT` runs its test against this receiver.
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

        @OptionGroup(title: "Reports") var numbering: NumberingOptions

        @Option(help: ArgumentHelp("The same as --report-interval.", valueName: "t"))
        var interval: DurationArgument?

        @OptionGroup(title: "Many receivers") var multicast: MulticastOptions

        @Flag(help: "Send each datagram back to its sender.")
        var echo = false

        @Flag(name: .customLong("iperf3"), help: "Answer the control connection of iperf3 -u clients too, by TCP.")
        var answersIperf3 = false

        /// Octets that are asked for the kernel's own buffer: what comes while the program is busy waits there.
        private static let kernelBuffer: Int32 = 4 << 20

        mutating func validate() throws {
            guard (0...16_777_216).contains(buffer) else {
                throw ValidationError("--buffer must be from 0 to 16777216.")
            }
            if let count, count < 1 { throw ValidationError("--count must be 1 or more.") }
            if let interval {
                guard numbering.reportInterval == nil else {
                    throw ValidationError("--interval and --report-interval are the same: give one.")
                }
                numbering.reportInterval = interval
                try numbering.validate()
            }
        }

        func run() throws {
            let stdout = StandardOutput()
            let recorder = output.recorder(role: .receiver, output: stdout)
            let summary: String
            do throws(SocketError) {
                var addresses = try address.value.resolve(for: .listening, .datagram)
                let iperf3 = answersIperf3 ? try Iperf3Service(on: addresses) : nil
                if let iperf3 { addresses = iperf3.withPort(addresses) }
                switch output.io {
                case .blocking: summary = try receiveBlocking(on: addresses, iperf3, recorder, stdout)
                case .async: summary = try receiveAsync(on: addresses, iperf3, recorder, stdout)
                }
            } catch {
                throw FailureReport(error, listeningOn: address.value)
            }
            StandardError.write(summary)
        }

        private var filter: SocketFilter? { loss.map { SocketFilter.dropDatagrams($0.value) } }

        private func prepare(
            _ descriptor: borrowing SocketDescriptor, for addresses: [SocketAddress]
        ) throws(SocketError) {
            try descriptor.enlargeReceiveBuffer(octets: Self.kernelBuffer)
            try descriptor.stampArrivals()
            try multicast.prepare(descriptor, for: addresses)
        }

        private func receiver(
            at local: Endpoint, _ iperf3: Iperf3Service?, _ stdout: StandardOutput
        ) throws(SocketError) -> DatagramReceiver {
            try iperf3?.start()
            return DatagramReceiver(
                isShown: numbering.isEachShown, echoes: echo, iperf3: iperf3,
                streams: ReceivedStreams(
                    manner: output.io, local: local, width: numbering.width,
                    interval: numbering.reportInterval?.nanoseconds),
                reports: numbering.isReported ? ReportOutput(stdout, json: output.json) : nil)
        }

        /// How often a receiver looks whether an interval is over; nil where there are none.
        private var tick: Int64? { numbering.reportInterval.map { min(50_000_000, $0.nanoseconds) } }

        /// Receives until the end, and returns the closing line.
        private func receiveBlocking(
            on addresses: [SocketAddress], _ iperf3: Iperf3Service?, _ recorder: SocketEventRecorder,
            _ stdout: StandardOutput
        ) throws(SocketError) -> String {
            let stop = try StopSignal()
            TerminationSignals.handle { _ in stop.stop() }
            if let duration { try stop.stop(after: duration.nanoseconds) }
            let socket = try UDPSocket(receivingOn: addresses, filter: filter, recorder: recorder) {
                descriptor throws(SocketError) in
                try prepare(descriptor, for: addresses)
            }
            let receiver = try self.receiver(at: socket.local, iperf3, stdout)
            if let tick { try stop.each(tick) { receiver.closeIntervals() } }
            var batch = try ReceiveBatch(bufferSize: buffer)
            var received = 0
            while received < count ?? .max {
                let start = Timestamp.now
                guard try socket.receive(into: &batch, limit: (count ?? .max) - received, stop: stop) else { break }
                received += receiver.take(batch, from: start, on: socket.base)
            }
            let drops = try? socket.memoryInfo().drops
            let summary = receiver.finish(drops: drops)
            socket.close()
            return summary
        }

        /// The same, without holding a thread.
        private func receiveAsync(
            on addresses: [SocketAddress], _ iperf3: Iperf3Service?, _ recorder: SocketEventRecorder,
            _ stdout: StandardOutput
        ) throws(SocketError) -> String {
            let command = self
            return try AsyncWork.runUntilSignal(or: duration?.duration) { () async throws(SocketError) in
                let socket = try AsyncUDPSocket(receivingOn: addresses, filter: command.filter, recorder: recorder) {
                    descriptor throws(SocketError) in
                    try command.prepare(descriptor, for: addresses)
                }
                let receiver = try command.receiver(at: socket.local, iperf3, stdout)
                let ticking = Task {
                    guard let tick = command.tick else { return }
                    while !Task.isCancelled {
                        try await Task.sleep(for: .nanoseconds(tick))
                        receiver.closeIntervals()
                    }
                }
                defer { ticking.cancel() }
                var batch = try ReceiveBatch(bufferSize: command.buffer)
                var received = 0
                while received < command.count ?? .max {
                    let start = Timestamp.now
                    let limit = (command.count ?? .max) - received
                    guard try await socket.receive(into: &batch, limit: limit) else { break }
                    received += receiver.take(batch, from: start, on: socket.base)
                }
                let drops = try? socket.memoryInfo().drops
                let summary = receiver.finish(drops: drops)
                socket.close()
                return summary
            }
        }
    }
}
