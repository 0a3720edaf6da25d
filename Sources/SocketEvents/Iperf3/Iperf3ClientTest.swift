/// A client's side of one test, but for the waiting, which is blocking's or asynchronous.
package struct Iperf3ClientTest: ~Copyable {
    /// What the connection's owner is to do next, in order.
    package enum Step: Sendable {
        case send([UInt8])
        /// Open the transfer's streams, have each say the cookie, and let it join; when that is done start moving octets as the
        /// transfer says.
        case openStreams(BulkTransfer)
        /// The test runs: `deadline` and `timeCame()` tell of its end.
        case start
        /// All is said.
        case close
    }

    package let cookie: Iperf3Cookie
    package let parameters: Iperf3Parameters
    private let showsPeerReport: Bool
    private var conversation: Iperf3ClientConversation
    private let measurement: Iperf3Measurement
    private var hasEnded = false
    private var heard = MonotonicClock.nanoseconds

    /// Nanoseconds for which a server may be silent where it has to speak.
    private static let patience: Int64 = 10_000_000_000

    package init(
        _ parameters: Iperf3Parameters, manner: IOManner, interval: Int64?,
        events: @escaping @Sendable (Iperf3Event) -> Void
    ) throws(SocketError) {
        self.parameters = parameters
        showsPeerReport = parameters.wantsPeerReport
        cookie = .random()
        conversation = Iperf3ClientConversation(cookie: cookie, parameters: parameters)
        var limit: Int?
        if case .octets(let octets) = parameters.end { limit = octets }
        let transfer = try BulkTransfer(isSender: !parameters.isReversed, parameters, limit: limit)
        measurement = Iperf3Measurement(
            transfer, manner: manner, interval: interval, omit: parameters.omit, events: events)
    }

    deinit { measurement.transfer.end() }

    package var opening: [UInt8] { conversation.opening }
    package var transfer: BulkTransfer { measurement.transfer }
    /// Whether the streams move octets now.
    package var isRunning: Bool { measurement.startTime != nil && !hasEnded }

    /// Until when to wait for the server, or for the streams' end, by `MonotonicClock`; then call `timeCame()`.
    package var deadline: Int64 {
        guard isRunning else { return heard &+ Self.patience }
        return min(end ?? .max, measurement.intervalEnd ?? .max)
    }

    /// When the test's time is over; nil where octets end it.
    private var end: Int64? {
        guard case .duration(let nanoseconds) = parameters.end, let start = measurement.startTime else { return nil }
        return start &+ nanoseconds
    }

    /// Tells whether the test is over: its time, or its octets. Reports on an interval that is over.
    ///
    /// - Throws: why the test cannot go on.
    package mutating func timeCame() throws(Iperf3Failure) -> Bool {
        let now = MonotonicClock.nanoseconds
        guard isRunning else {
            if heard &+ Self.patience <= now { throw .silent }
            return false
        }
        if let failure = transfer.failure { throw .socket(failure) }
        if let end, end <= now { return true }
        if transfer.finished.isStopped || (!transfer.isSender && transfer.isComplete) { return true }
        measurement.reportInterval()
        return false
    }

    package mutating func receive(_ octets: [UInt8]) throws(Iperf3Failure) -> [Step] {
        guard !octets.isEmpty else { throw .ended }
        heard = MonotonicClock.nanoseconds
        return try perform(try conversation.receive(octets))
    }

    /// The streams have stopped, at the test's end: tells what the server is to be told.
    package mutating func streamsStopped() throws(Iperf3Failure) -> [Step] {
        heard = MonotonicClock.nanoseconds
        hasEnded = true
        measurement.finish()
        return try perform(conversation.testEnded())
    }

    /// Reports what was measured of a test that ends early.
    package mutating func cutShort() {
        hasEnded = true
        transfer.end()
        measurement.finish()
    }

    private mutating func perform(_ actions: [Iperf3ClientConversation.Action]) throws(Iperf3Failure) -> [Step] {
        var steps: [Step] = []
        for action in actions {
            switch action {
            case .send(let octets): steps.append(.send(octets))
            case .openStreams: steps.append(.openStreams(transfer))
            case .start: steps.append(.start)
            case .giveResults:
                guard hasEnded, let own = measurement.finish() else {
                    throw .malformed(expected: "the test's end before its results")
                }
                steps += try perform(conversation.results(own))
            case .finish(let server):
                measurement.conclude(peer: server, showsIntervals: showsPeerReport)
                steps.append(.close)
            }
        }
        return steps
    }

    /// The test runs from now on.
    package func start() { measurement.start() }
}
