import ArgumentParser
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

/// Bulk tests instead of lines: what of them a server can choose.
struct Iperf3ListenOptions: ParsableArguments {
    @Flag(help: "Serve TCP tests of iperf3 -c, or of wirewatch tcp connect --iperf3, one at a time.")
    var iperf3 = false

    @Option(help: ArgumentHelp("With --iperf3, report each T; by default each second.", valueName: "t"))
    var interval: DurationArgument?

    @Flag(help: "With --iperf3, show the client's report too.")
    var peerReport = false

    func validate() throws {
        if !iperf3, interval != nil || peerReport {
            throw ValidationError("--interval and --peer-report need --iperf3.")
        }
        if let interval, interval.nanoseconds < 1_000_000 { throw ValidationError("--interval must be 1ms or more.") }
    }

    /// Serves until an interrupt.
    func run(
        on addresses: [SocketAddress], filter: SocketFilter?, io: IOManner, json: Bool
    ) throws(SocketError) {
        let output = Iperf3Output(StandardOutput(), json: json)
        let (interval, peerReport) = (interval?.nanoseconds ?? 1_000_000_000, peerReport)
        switch io {
        case .blocking:
            let server = try Iperf3TCPServer(
                on: addresses, filter: filter, interval: interval, showsPeerIntervals: peerReport,
                events: output.write, text: Iperf3Output.text)
            TerminationSignals.handle { _ in server.stop() }
            StandardError.write("serving iperf3 tests on \(server.local)")
            try server.run()
        case .async:
            try AsyncWork.runUntilSignal { () async throws(SocketError) in
                let server = try AsyncIperf3TCPServer(
                    on: addresses, filter: filter, interval: interval, showsPeerIntervals: peerReport,
                    events: output.write, text: Iperf3Output.text)
                StandardError.write("serving iperf3 tests on \(server.local)")
                try await server.run()
            }
        }
    }
}
