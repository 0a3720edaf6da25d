/// The client's side of a control connection, without I/O: it is given what happens, and says what to do.
package struct Iperf3ClientConversation: ~Copyable {
    package enum Action: Sendable, Hashable {
        case send([UInt8])
        /// Open the streams, each of which says the cookie first.
        case openStreams
        /// Let the streams move octets; when the test is over stop them and call `testEnded()`.
        case start
        /// Give the results to `results(_:)`.
        case giveResults
        /// The test is over, and this is what the server measured.
        case finish(server: Iperf3Results)
    }

    private enum Phase {
        /// The server speaks next, in states.
        case server
        case serverError
        case serverResults
        case over
    }

    private let cookie: Iperf3Cookie
    private let parameters: Iperf3Parameters
    private var phase = Phase.server
    private var framing = Iperf3Framing()
    private var serverResults: Iperf3Results?
    private var hasStreams = false
    private var hasStarted = false

    package init(cookie: Iperf3Cookie, parameters: Iperf3Parameters) {
        self.cookie = cookie
        self.parameters = parameters
    }

    /// What the client says first, on every connection of the test.
    package var opening: [UInt8] { cookie.octets }

    /// Takes what the server said.
    ///
    /// - Throws: why the test cannot be held, or go on.
    package mutating func receive(_ octets: some Collection<UInt8>) throws(Iperf3Failure) -> [Action] {
        framing.append(octets)
        var actions: [Action] = []
        while let more = try next() { actions += more }
        return actions
    }

    private mutating func next() throws(Iperf3Failure) -> [Action]? {
        switch phase {
        case .server:
            guard let octet = framing.take(1)?.first else { return nil }
            return try told(Iperf3State(rawValue: octet))
        case .serverError:
            guard let numbers = framing.take(8) else { return nil }
            let errno = Int32(truncatingIfNeeded: Iperf3Framing.number(numbers[4...]))
            throw .refused(code: Iperf3Framing.number(numbers[..<4]), errno: errno)
        case .serverResults:
            guard let json = try framing.takeJSON() else { return nil }
            serverResults = try Iperf3Results(json)
            phase = .server
            return []
        case .over:
            return nil
        }
    }

    private mutating func told(_ state: Iperf3State?) throws(Iperf3Failure) -> [Action] {
        switch state {
        case .parameterExchange: return [.send(Iperf3Framing.frame(parameters.json))]
        case .createStreams where !hasStreams:
            hasStreams = true
            return [.openStreams]
        case .testStart: return []
        case .testRunning where hasStreams && !hasStarted:
            hasStarted = true
            return [.start]
        case .exchangeResults where hasStarted:
            phase = .serverResults
            return [.giveResults]
        case .displayResults:
            guard let serverResults else { throw .malformed(expected: "results before they are shown") }
            phase = .over
            return [.send([Iperf3State.done.rawValue]), .finish(server: serverResults)]
        case .serverTerminate: throw .ended
        case .accessDenied: throw .serverIsBusy
        case .serverError:
            phase = .serverError
            return []
        default: throw .malformed(expected: "a state of iperf3's in its order")
        }
    }

    /// The streams have moved all that they should.
    package func testEnded() -> [Action] { [.send([Iperf3State.testEnd.rawValue])] }

    /// This end's results, as the server asked for.
    package func results(_ results: Iperf3Results) -> [Action] { [.send(Iperf3Framing.frame(results.json))] }

    /// What tells the server that the client stops.
    package static let termination = [Iperf3State.clientTerminate.rawValue]
}
