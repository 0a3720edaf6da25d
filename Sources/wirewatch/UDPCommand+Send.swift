import ArgumentParser
import PacketDecode
import Presentation
import SocketEvents
import Synchronization
import TrafficAsync
import TrafficBlocking

extension UDPCommand {
    struct Send: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send UDP datagrams: one for each line, or made ones.",
            discussion: """
                Each line of standard input is sent as one datagram, without its line feed. A line that is `exit` \
                alone, or the end of the input, ends the sender.

                With --size, --message or --numbered datagrams are made. --rate holds each second's count: due times \
                are reckoned from the first datagram's, so that no delay adds up. Datagrams leave in bursts of --burst; \
                what was missed follows at once. --numbered sends until an interrupt, unless --count or --duration says \
                when to end. For example:

                wirewatch udp receive :7000 --numbered --interval 1s
                wirewatch udp send :7000 --numbered --rate 1000 --duration 10s --peer-report
                """)

        @Argument(
            help: "Where to send: host:port, [v6]:port, or :port for this machine.",
            transform: AddressArgument.parse)
        var address: AddressArgument

        @OptionGroup(title: "Manner and output") var output: SocketOutputOptions
        @OptionGroup(title: "Messages") var messages: MessageOptions
        @OptionGroup(title: "Pace") var sending: SendingOptions
        @OptionGroup(title: "Reports") var numbering: NumberingOptions
        @OptionGroup(title: "The socket") var path: DatagramPathOptions

        @Flag(help: "Receive on the same socket while sending, and show what comes.")
        var duplex = false

        @Option(help: ArgumentHelp("With --duplex: receive so much longer after the last was sent.", valueName: "t"))
        var wait = DurationArgument(nanoseconds: 1_000_000_000)

        func validate() throws { try sending.validate(messages, numbering, isDuplex: duplex) }

        func run() throws {
            let stdout = StandardOutput()
            let answers = FailedSends()
            let recorder = output.recorder(
                role: .sender, output: stdout, outlivesFailures: path.unconnected,
                hidden: numbering.isEachShown ? nil : .send, observe: answers.observe)
            let isWhole: Bool
            do throws(SocketError) {
                let addresses = try address.value.resolve(for: .connecting, .datagram)
                switch output.io {
                case .blocking: isWhole = try sendBlocking(to: addresses, recorder, stdout)
                case .async: isWhole = try sendAsync(to: addresses, recorder, stdout)
                }
                // A socket that is not connected goes on after what came back; it did not all arrive nonetheless.
                if let failure = answers.last { throw failure }
            } catch {
                throw FailureReport(error)
            }
            if !isWhole { throw ExitCode(130) }
        }

        /// Sends from the one socket, while a thread receives from it where asked. False where it was cut short.
        private func sendBlocking(
            to addresses: [SocketAddress], _ recorder: SocketEventRecorder, _ stdout: StandardOutput
        ) throws(SocketError) -> Bool {
            let stop = try StopSignal()
            TerminationSignals.handle { _ in stop.stop() }
            let socket = SharedSocket(
                try UDPSocket(sendingTo: addresses, path.attachment, recorder: recorder) {
                    descriptor throws(SocketError) in
                    try path.prepare(descriptor)
                })
            let reception = duplex ? try DuplexThread(on: socket) : nil
            var isWhole = true
            if let plan = sending.plan(messages, numbering) {
                var run = SendingRun(plan, manner: .blocking, local: socket.socket.local, peer: socket.socket.peer)
                let output = runOutput(stdout)
                isWhole =
                    try socket.socket.send(&run, isRecorded: numbering.isEachShown, stop: stop) { output.write(&$0) }
                    || isEndless
                let heard = sending.peerReport ? try socket.socket.peerReport(on: run, stop: stop) : nil
                output.finish(run, heard: heard, isAsked: sending.peerReport)
            } else {
                if let duration = sending.duration { try stop.stop(after: duration.nanoseconds) }
                var source = MessageSource(messages, endsWithLineFeed: false)
                while let message = source.next(stop: stop) { try socket.socket.send(message) }
                isWhole = sending.duration != nil || !stop.isStopped
            }
            if let reception {
                stop.wait(nanoseconds: wait.nanoseconds)
                try reception.end()
            }
            try socket.socket.checkForAnswer()
            socket.close()
            return isWhole
        }

        /// The same in tasks.
        private func sendAsync(
            to addresses: [SocketAddress], _ recorder: SocketEventRecorder, _ stdout: StandardOutput
        ) throws(SocketError) -> Bool {
            let command = self
            let (messages, sending, numbering) = (messages, sending, numbering)
            let source = try AsyncMessageSource(MessageSource(messages, endsWithLineFeed: false))
            let plan = sending.plan(messages, numbering)
            let duration = plan == nil ? sending.duration?.duration : nil
            return try AsyncWork.runUntilSignal(or: duration) { () async throws(SocketError) in
                let shared = SharedAsyncSocket(
                    try AsyncUDPSocket(sendingTo: addresses, command.path.attachment, recorder: recorder) {
                        descriptor throws(SocketError) in
                        try command.path.prepare(descriptor)
                    })
                let reception = command.duplex ? DuplexTask(on: shared) : nil
                var isWhole = true
                if let plan {
                    var run = SendingRun(plan, manner: .async, local: shared.socket.local, peer: shared.socket.peer)
                    let output = command.runOutput(stdout)
                    isWhole =
                        try await shared.socket.send(&run, isRecorded: numbering.isEachShown) { output.write(&$0) }
                        || command.isEndless
                    let heard = sending.peerReport ? try await shared.socket.peerReport(on: run) : nil
                    output.finish(run, heard: heard, isAsked: sending.peerReport)
                } else {
                    while let message = await source.next() { try await shared.socket.send(message) }
                    isWhole = duration != nil || !Task.isCancelled
                }
                if let reception {
                    try? await Task.sleep(for: command.wait.duration)
                    try await reception.end()
                }
                try shared.socket.checkForAnswer()
                shared.close()
                return isWhole
            }
        }

        /// Whether an interrupt is how the run ends.
        private var isEndless: Bool { messages.count == nil && sending.duration == nil }

        private func runOutput(_ stdout: StandardOutput) -> RunOutput {
            RunOutput(reports: numbering.isReported ? ReportOutput(stdout, json: output.json) : nil)
        }
    }
}

/// Keeps the last send that failed with an ICMP message.
final class FailedSends: Sendable {
    private let failure = Mutex<SocketError?>(nil)

    func observe(_ event: SocketEvent) {
        guard let failure = event.failure, failure.icmp != nil else { return }
        self.failure.withLock { $0 = failure }
    }

    var last: SocketError? { failure.withLock { $0 } }
}
