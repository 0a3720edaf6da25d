/// The server's side of one control connection, without I/O: it is given what happens, and says what to do.
///
/// It begins after the client's cookie. In order: parameters, streams, the test, its end by the client's word, the results of
/// both ends, and the client's farewell.
package struct Iperf3ServerConversation: ~Copyable {
    package enum Action: Sendable, Hashable {
        case send([UInt8])
        /// Expect the streams: a connection each, with the test's cookie. Then call `streamsOpened()`.
        case expectStreams(Iperf3Parameters)
        /// Let the streams move octets.
        case start
        /// Stop the streams, and give `results(_:)` what was measured. These are the client's results.
        case conclude(client: Iperf3Results)
        /// Stop the streams: the client's time is over, and its results will follow.
        case stopStreams
        /// Close the connection: all is said.
        case close
    }

    private enum Phase {
        case parameters
        case streams
        case running
        case clientResults
        case ownResults
        case farewell
        case over
    }

    private var phase = Phase.parameters
    private var framing = Iperf3Framing()

    package init() {}

    /// What the server says first.
    package static let opening = [Iperf3State.parameterExchange.rawValue]

    /// Whether the client is to speak soon, so that a silent one may be left.
    package var isClientDue: Bool {
        switch phase {
        case .parameters, .streams, .clientResults, .farewell: true
        case .running, .ownResults, .over: false
        }
    }

    /// Takes what the client said.
    ///
    /// - Throws: why the test cannot be held, or go on.
    package mutating func receive(_ octets: some Collection<UInt8>) throws(Iperf3Failure) -> [Action] {
        framing.append(octets)
        var actions: [Action] = []
        while let more = try next() { actions += more }
        return actions
    }

    /// What can be done with the octets that have come; nil where more are needed.
    private mutating func next() throws(Iperf3Failure) -> [Action]? {
        switch phase {
        case .parameters:
            guard let json = try framing.takeJSON() else { return nil }
            let parameters = try Iperf3Parameters(json)
            phase = .streams
            return [.expectStreams(parameters), .send([Iperf3State.createStreams.rawValue])]
        case .streams, .running, .farewell:
            guard let octet = framing.take(1)?.first else { return nil }
            return try told(Iperf3State(rawValue: octet))
        case .clientResults:
            guard let json = try framing.takeJSON() else { return nil }
            phase = .ownResults
            return [.conclude(client: try Iperf3Results(json))]
        case .ownResults, .over:
            return nil
        }
    }

    private mutating func told(_ state: Iperf3State?) throws(Iperf3Failure) -> [Action] {
        switch (phase, state) {
        case (.running, .testEnd):
            phase = .clientResults
            return [.stopStreams, .send([Iperf3State.exchangeResults.rawValue])]
        case (.farewell, .done):
            phase = .over
            return [.close]
        case (_, .clientTerminate): throw .ended
        default: throw .malformed(expected: phase == .farewell ? "the client's farewell" : "the test's end")
        }
    }

    /// All streams are there.
    package mutating func streamsOpened() -> [Action] {
        guard phase == .streams else { return [] }
        phase = .running
        return [
            .send([Iperf3State.testStart.rawValue]), .start, .send([Iperf3State.testRunning.rawValue]),
        ]
    }

    /// The streams have stopped, and this is what they moved.
    package mutating func results(_ results: Iperf3Results) -> [Action] {
        guard phase == .ownResults else { return [] }
        phase = .farewell
        return [.send(Iperf3Framing.frame(results.json)), .send([Iperf3State.displayResults.rawValue])]
    }

    /// What tells the client of `failure`; nothing where it cannot or need not be told.
    package static func refusal(of failure: Iperf3Failure) -> [UInt8] {
        // iperf3's numbers for an option that is not implemented, and for a congestion control that is not there.
        let (notImplemented, congestionControl): (UInt32, UInt32) = (13, 134)
        switch failure {
        case .serverIsBusy: return [Iperf3State.accessDenied.rawValue]
        case .unsupported, .malformed:
            return [Iperf3State.serverError.rawValue] + Iperf3Framing.word(notImplemented) + Iperf3Framing.word(0)
        case .refused(let code, let errno):
            return [Iperf3State.serverError.rawValue] + Iperf3Framing.word(UInt32(clamping: code))
                + Iperf3Framing.word(UInt32(bitPattern: errno))
        case .socket(let error):
            guard error.operation == .setOption, let errno = error.errno else { return [] }
            return [Iperf3State.serverError.rawValue] + Iperf3Framing.word(congestionControl)
                + Iperf3Framing.word(UInt32(bitPattern: errno))
        case .interrupted: return [Iperf3State.serverTerminate.rawValue]
        case .ended, .silent: return []
        }
    }
}
