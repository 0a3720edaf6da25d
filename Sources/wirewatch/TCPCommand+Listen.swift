import ArgumentParser
import Glibc
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

extension TCPCommand {
    struct Listen: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve any number of TCP clients, and show what each says, line by line.",
            discussion: """
                Prints each line with who said it, until an interrupt: then there are no new clients, and the old ones \
                have until --grace; a second interrupt ends all at once. Port 0 lets the kernel choose one; the first \
                line names it. Bytes that are not printable UTF-8 are shown escaped.
                """)

        @Argument(
            help: "Where to listen: host:port, [v6]:port, or :port for every address.",
            transform: AddressArgument.parse)
        var address: AddressArgument

        @OptionGroup var output: SocketOutputOptions

        @Flag(help: "Send each line back to who said it.")
        var echo = false

        @Flag(help: "Show socket calls and what they moved, not lines.")
        var calls = false

        @Flag(help: "Show where the server listens, and nothing of what is said.")
        var quiet = false

        @Option(help: ArgumentHelp("Show a line beyond N octets in parts.", valueName: "n"))
        var lineLimit = 65536

        @Option(
            help: ArgumentHelp(
                "Serve N clients at once, and tell further ones that the server is full. With --io blocking as many as there may be threads and descriptors.",
                valueName: "n"))
        var maxClients: Int?

        @Option(help: ArgumentHelp("Close a client that completes no line for T.", valueName: "t"))
        var idleTimeout: DurationArgument?

        @Option(help: ArgumentHelp("After an interrupt let clients finish for T.", valueName: "t"))
        var grace = DurationArgument(seconds: 5)

        @OptionGroup(title: "Liveness") var ping: PingOptions
        @OptionGroup(title: "Socket options") var tcp: TCPOptions

        @Option(
            help: ArgumentHelp(
                "Drop this share of the segments that carry data, before TCP sees them: 30% or 0.3.", valueName: "p"))
        var loss: ShareArgument?

        @OptionGroup(title: "Bulk tests") var bulk: Iperf3ListenOptions

        func validate() throws {
            guard (1...16_777_216).contains(lineLimit) else {
                throw ValidationError("--line-limit must be from 1 to 16777216.")
            }
            if let maxClients, maxClients < 1 { throw ValidationError("--max-clients must be 1 or more.") }
            if idleTimeout?.nanoseconds == 0 { throw ValidationError("--idle-timeout must be more than 0.") }
        }

        func run() throws {
            let totals = TrafficTotals()
            let standardOutput = StandardOutput()
            let (calls, quiet) = (calls, quiet)
            let recorder = output.recorder(
                role: .server, output: standardOutput,
                isShown: { quiet ? $0.call == .listen : calls || !$0.isPartOfLines }, observe: totals.observe)
            let dialogue = output.dialogueRecorder(
                role: .server, style: .service, output: standardOutput, isShown: { !quiet && !(calls && $0.isLine) })
            let descriptors = ProcessLimits.raiseDescriptorLimit()
            do throws(SocketError) {
                let addresses = try address.value.resolve(for: .listening, .stream)
                let filter = loss.map { SocketFilter.dropSegmentsWithPayload($0.value) }
                if bulk.iperf3 { return try bulk.run(on: addresses, filter: filter, io: output.io, json: output.json) }
                switch output.io {
                case .blocking:
                    let room = ThreadRoom(descriptors: descriptors)
                    let server = try TCPServer(
                        on: addresses, filter: filter, options: tcp.options,
                        rules: rules(clientLimit: maxClients ?? room.clients), recorder: recorder, dialogue: dialogue)
                    TerminationSignals.handle { _ in server.stop() }
                    if maxClients == nil { StandardError.write(room.words) }
                    try server.run()
                case .async:
                    let (tcp, rules) = (tcp.options, rules(clientLimit: maxClients))
                    try AsyncWork.runUntilSignal { () throws(SocketError) in
                        try AsyncTCPServer(
                            on: addresses, filter: filter, options: tcp, rules: rules, recorder: recorder,
                            dialogue: dialogue)
                    } stop: {
                        $0.stop()
                    } run: { server async throws(SocketError) in
                        try await server.run()
                    }
                }
            } catch {
                throw FailureReport(error, listeningOn: address.value)
            }
            StandardError.write(totals.serverSummary)
        }

        private func rules(clientLimit: Int?) -> TCPServerRules {
            var rules = TCPServerRules()
            rules.dialogue.lineLimit = lineLimit
            rules.dialogue.echoes = echo
            rules.dialogue.idleTimeout = idleTimeout?.nanoseconds
            ping.set(&rules.dialogue)
            rules.clientLimit = clientLimit
            rules.grace = grace.nanoseconds
            return rules
        }
    }
}
