import ArgumentParser
import Glibc
import Presentation
import SocketEvents
import TrafficAsync
import TrafficBlocking

/// A bulk test instead of lines: what of it can be chosen.
struct Iperf3ConnectOptions: ParsableArguments {
    @Flag(help: "Measure a TCP stream with an iperf3 server, or with wirewatch tcp listen --iperf3.")
    var iperf3 = false

    @Option(help: ArgumentHelp("Send for T; 10s where no octets are given.", valueName: "t"))
    var duration: DurationArgument?

    @Option(help: ArgumentHelp("Send N octets, as 1M or 2G, on all streams together.", valueName: "n"))
    var octets: OctetsArgument?

    @Option(help: ArgumentHelp("Open N streams at once.", valueName: "n"))
    var parallel = 1

    @Option(help: ArgumentHelp("Measure after T, in whole seconds: a stream finds its speed first.", valueName: "t"))
    var omit: DurationArgument?

    @Option(
        help: ArgumentHelp("Give each stream so many bits a second at most: 10M, 500kbit.", valueName: "rate"))
    var bitrate: RateArgument?

    @Flag(help: "Have the server send.")
    var reverse = false

    @Flag(help: "Show the server's report too.")
    var peerReport = false

    @Option(help: ArgumentHelp("Move N octets a call.", valueName: "n"))
    var length: OctetsArgument?

    @Option(help: ArgumentHelp("Choose the sender's congestion control, such as reno or cubic.", valueName: "name"))
    var congestion: String?

    func validate() throws {
        guard iperf3 else {
            if duration != nil || octets != nil || parallel != 1 || reverse || peerReport || congestion != nil
                || length != nil || omit != nil || bitrate != nil
            {
                throw ValidationError(
                    """
                    --duration, --octets, --omit, --parallel, --bitrate, --reverse, --peer-report, --length and \
                    --congestion need --iperf3.
                    """)
            }
            return
        }
        if duration != nil, octets != nil { throw ValidationError("--duration and --octets exclude each other.") }
        if let duration, !(1_000_000...86_400_000_000_000).contains(duration.nanoseconds) {
            throw ValidationError("--duration must be from 1ms to 24h.")
        }
        if let omit {
            let limit = Int64(Iperf3Parameters.omitLimit) * 1_000_000_000
            guard omit.nanoseconds % 1_000_000_000 == 0, omit.nanoseconds <= limit else {
                throw ValidationError("--omit takes whole seconds, up to 60s.")
            }
            if octets != nil { throw ValidationError("--omit and --octets exclude each other.") }
        }
        guard (1...Iperf3Parameters.parallelLimit).contains(parallel) else {
            throw ValidationError("--parallel must be from 1 to \(Iperf3Parameters.parallelLimit).")
        }
        if let length, length.octets > Iperf3Parameters.blockLengthLimit {
            throw ValidationError("--length must be from 1 to \(Iperf3Parameters.blockLengthLimit).")
        }
        if let congestion, congestion.isEmpty || congestion.utf8.count > 15 {
            throw ValidationError("--congestion takes a name of the kernel's, such as reno.")
        }
    }

    private func parameters(_ options: TCPSocketOptions) -> Iperf3Parameters {
        let end = octets.map { Iperf3Parameters.End.octets($0.octets) }
        var parameters = Iperf3Parameters(
            end: end ?? .duration(nanoseconds: duration?.nanoseconds ?? 10_000_000_000))
        parameters.parallel = parallel
        parameters.omit = omit?.nanoseconds ?? 0
        parameters.bitrate = bitrate?.bitsPerSecond
        parameters.isReversed = reverse
        parameters.wantsPeerReport = peerReport
        parameters.congestionControl = congestion
        parameters.isNagleDisabled = options.isNagleDisabled
        parameters.window = options.sendBuffer ?? options.receiveBuffer
        if let length { parameters.blockLength = length.octets }
        return parameters
    }

    /// Holds the test. `interval`: nanoseconds between reports; nil for a second. `options`: of the streams' sockets; a buffer's
    /// size is both buffers' at both ends, as iperf3 has it.
    func run(
        _ address: HostAndPort, io: IOManner, json: Bool, interval: Int64?, options: TCPSocketOptions
    ) throws {
        let parameters = parameters(options)
        let output = Iperf3Output(StandardOutput(), json: json)
        do throws(Iperf3Failure) {
            switch io {
            case .blocking: try runBlocking(parameters, address, interval ?? 1_000_000_000, output)
            case .async: try runAsync(parameters, address, interval ?? 1_000_000_000, output)
            }
        } catch {
            output.flush()
            if error == .interrupted { Glibc.exit(130) }
            throw FailureReport(error, with: "\(address)")
        }
    }

    private func runBlocking(
        _ parameters: Iperf3Parameters, _ address: HostAndPort, _ interval: Int64, _ output: Iperf3Output
    ) throws(Iperf3Failure) {
        let client: Iperf3TCPClient
        let addresses: [SocketAddress]
        do throws(SocketError) {
            client = try Iperf3TCPClient(parameters, interval: interval, events: output.write)
            TerminationSignals.handle { _ in client.stop() }
            addresses = try address.resolve(for: .connecting, .stream)
        } catch {
            throw .socket(error)
        }
        try client.run(with: addresses)
    }

    private func runAsync(
        _ parameters: Iperf3Parameters, _ address: HostAndPort, _ interval: Int64, _ output: Iperf3Output
    ) throws(Iperf3Failure) {
        let client = AsyncIperf3TCPClient(parameters, interval: interval, events: output.write)
        let outcome: Result<Void, Iperf3Failure>
        do throws(SocketError) {
            outcome = try AsyncWork.runUntilSignal { () async throws(SocketError) in
                let addresses = try address.resolve(for: .connecting, .stream)
                do throws(Iperf3Failure) {
                    return .success(try await client.run(with: addresses))
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw .socket(error)
        }
        try outcome.get()
    }
}
