package import PacketDecode
internal import Synchronization

/// The one test that a server holds at a time: measurements beside each other would disturb each other.
package final class Iperf3TestSlot: Sendable {
    private let present = Mutex<(cookie: Iperf3Cookie, parameters: Iperf3Parameters, transfer: BulkTransfer)?>(nil)

    package init() {}

    /// Takes the slot for a client's test.
    ///
    /// - Throws: `serverIsBusy` where another has it.
    func begin(_ cookie: Iperf3Cookie, _ parameters: Iperf3Parameters) throws(Iperf3Failure) -> BulkTransfer {
        let transfer: BulkTransfer
        do throws(SocketError) {
            transfer = try BulkTransfer(isSender: parameters.isReversed, parameters, peerEndsFirst: true)
        } catch {
            throw .socket(error)
        }
        let isFree = present.withLock { present in
            guard present == nil else { return false }
            present = (cookie, parameters, transfer)
            return true
        }
        guard isFree else { throw .serverIsBusy }
        return transfer
    }

    /// The test that a connection with this cookie is a stream of; nil where it is a client's first.
    package func test(of cookie: Iperf3Cookie) -> (parameters: Iperf3Parameters, transfer: BulkTransfer)? {
        present.withLock { present in
            guard let present, present.cookie == cookie else { return nil }
            return (present.parameters, present.transfer)
        }
    }

    package var isTaken: Bool { present.withLock { $0 != nil } }

    /// Frees the slot, where `transfer` has it.
    func end(_ transfer: BulkTransfer) {
        present.withLock { present in
            if present?.transfer === transfer { present = nil }
        }
    }
}

/// A server's side of one test, but for the waiting, which is blocking's or asynchronous.
package struct Iperf3ServerTest: ~Copyable {
    /// What the connection's owner is to do next, in order.
    package enum Step: Sendable {
        case send([UInt8])
        /// Wait until the transfer's streams have stopped, then call `streamsStopped()`.
        case waitForStreams(BulkTransfer)
        case close
    }

    /// What is the same for every test of a server.
    package struct Rules: Sendable {
        package var manner: IOManner
        /// Nanoseconds between reports; nil for none.
        package var interval: Int64?
        package var showsPeerIntervals: Bool
        package var events: @Sendable (Iperf3Event) -> Void
        /// A report in words, for a client that asks for one.
        package var text: @Sendable ([TrafficReport]) -> String

        package init(
            manner: IOManner, interval: Int64?, showsPeerIntervals: Bool,
            events: @escaping @Sendable (Iperf3Event) -> Void, text: @escaping @Sendable ([TrafficReport]) -> String
        ) {
            self.manner = manner
            self.interval = interval
            self.showsPeerIntervals = showsPeerIntervals
            self.events = events
            self.text = text
        }
    }

    private let slot: Iperf3TestSlot
    private let cookie: Iperf3Cookie
    private let client: Endpoint
    private let rules: Rules
    private var conversation = Iperf3ServerConversation()
    private var measurement: Iperf3Measurement?
    private var wantsText = false
    private var hasOpened = false
    /// When the client spoke last, by `MonotonicClock`.
    private var heard = MonotonicClock.nanoseconds

    /// Nanoseconds for which a client may be silent where it has to speak.
    private static let patience: Int64 = 10_000_000_000

    /// Begins with a client that has said its cookie.
    package init(_ cookie: Iperf3Cookie, from client: Endpoint, slot: Iperf3TestSlot, rules: Rules) {
        self.cookie = cookie
        self.client = client
        self.slot = slot
        self.rules = rules
        rules.events(.accepted(client: client))
    }

    deinit {
        // However it ended: streams that wait are let go, and the next client may come.
        guard let transfer = measurement?.transfer else { return }
        transfer.end()
        slot.end(transfer)
    }

    /// What the client is told first.
    package func opening() throws(Iperf3Failure) -> [UInt8] {
        if slot.isTaken { throw .serverIsBusy }
        return Iperf3ServerConversation.opening
    }

    /// Streams that are awaited now: their coming is to be told by `streamsOpened()`.
    package var awaited: BulkTransfer? { hasOpened ? nil : measurement?.transfer }

    /// Until when to wait for the client, by `MonotonicClock`; then call `timeCame()`.
    package var deadline: Int64? { conversation.isClientDue ? heard &+ Self.patience : measurement?.intervalEnd }

    package mutating func receive(_ octets: [UInt8]) throws(Iperf3Failure) -> [Step] {
        guard !octets.isEmpty else { throw .ended }
        heard = MonotonicClock.nanoseconds
        return try perform(try conversation.receive(octets))
    }

    package mutating func streamsOpened() throws(Iperf3Failure) -> [Step] {
        guard !hasOpened, let transfer = measurement?.transfer else { return [] }
        hasOpened = true
        for stream in transfer.streams {
            rules.events(.opened(stream: stream.number, local: stream.local, peer: stream.peer))
        }
        return try perform(conversation.streamsOpened())
    }

    /// - Throws: why the test cannot go on.
    package func timeCame() throws(Iperf3Failure) {
        if let failure = measurement?.transfer.failure { throw .socket(failure) }
        if conversation.isClientDue, heard &+ Self.patience <= MonotonicClock.nanoseconds { throw .silent }
        measurement?.reportInterval()
    }

    /// The streams move no more: what they moved is what counts.
    package func streamsStopped() {
        guard let measurement else { return }
        if wantsText { measurement.finish(text: rules.text) } else { measurement.finish() }
    }

    private mutating func perform(_ actions: [Iperf3ServerConversation.Action]) throws(Iperf3Failure) -> [Step] {
        var steps: [Step] = []
        for action in actions {
            switch action {
            case .send(let octets): steps.append(.send(octets))
            case .expectStreams(let parameters):
                wantsText = parameters.wantsPeerReport
                let transfer = try slot.begin(cookie, parameters)
                measurement = Iperf3Measurement(
                    transfer, manner: rules.manner, interval: rules.interval, omit: parameters.omit,
                    events: rules.events)
            case .start: measurement?.start()
            case .stopStreams:
                guard let transfer = measurement?.transfer else { continue }
                transfer.end()
                steps.append(.waitForStreams(transfer))
            case .conclude(let client):
                guard let measurement, let own = measurement.finish() else { throw .malformed(expected: "a test") }
                // Before the client has its results: it may come again as soon as it has them.
                slot.end(measurement.transfer)
                steps += try perform(conversation.results(own))
                measurement.conclude(peer: client, showsIntervals: rules.showsPeerIntervals)
            case .close: steps.append(.close)
            }
        }
        return steps
    }

    /// Reports what was measured of a test that ends early, and why it does.
    package func fail(_ failure: Iperf3Failure) {
        measurement?.transfer.end()
        measurement?.finish()
        rules.events(.failed(client: client, failure))
    }
}
