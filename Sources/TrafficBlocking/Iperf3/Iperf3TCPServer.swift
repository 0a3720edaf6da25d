public import PacketDecode
public import SocketEvents

/// Serves iperf3's TCP tests, one at a time: a thread for a client's control connection, and one for each stream.
public final class Iperf3TCPServer: Sendable {
    private let server: TCPServer
    private let slot = Iperf3TestSlot()
    private let rules: Iperf3ServerTest.Rules

    /// Where it listens.
    public var local: Endpoint { server.local }

    /// Listens on the first of `addresses` that can be bound; `run()` then serves.
    ///
    /// - Parameters:
    ///   - interval: nanoseconds between reports; nil for none.
    ///   - showsPeerIntervals: whether a client's intervals are told of, where it tells them.
    ///   - text: a report in words, for a client that asks for one.
    public init(
        on addresses: [SocketAddress], filter: SocketFilter? = nil, interval: Int64?, showsPeerIntervals: Bool = false,
        events: @escaping @Sendable (Iperf3Event) -> Void, text: @escaping @Sendable ([TrafficReport]) -> String
    ) throws(SocketError) {
        self.rules = Iperf3ServerTest.Rules(
            manner: .blocking, interval: interval, showsPeerIntervals: showsPeerIntervals, events: events, text: text)
        // The octets of a test are counted, not recorded call by call.
        let silent = SocketEventRecorder(role: .server, manner: .blocking, contentLimit: 0) { _ in }
        var rules = TCPServerRules()
        // A test that runs when the service ends is cut short at once.
        rules.grace = 0
        server = try TCPServer(on: addresses, filter: filter, rules: rules, recorder: silent)
    }

    /// Serves until `stop()`.
    ///
    /// - Throws: `SocketError` where the listening socket itself is broken.
    public func run() throws(SocketError) {
        try server.run { socket, stop in self.serve(socket, stop) }
    }

    /// Ends `run()`; a test that runs is cut short. Safe from any thread.
    public func stop() { server.stop() }

    private func serve(_ socket: borrowing TCPSocket, _ stop: StopSignal) {
        guard let cookie = Self.takeCookie(from: socket, stop) else { return }
        if let (parameters, transfer) = slot.test(of: cookie) {
            Self.serveStream(of: transfer, parameters, socket)
        } else {
            serveClient(cookie, socket, stop)
        }
    }

    /// Waits for the 37 octets that a connection begins with, and takes no more: a stream's are the test's.
    private static func takeCookie(from socket: borrowing TCPSocket, _ stop: StopSignal) -> Iperf3Cookie? {
        let deadline = MonotonicClock.nanoseconds &+ 10_000_000_000
        var octets: [UInt8] = []
        while octets.count < Iperf3Cookie.length {
            guard socket.descriptor.wait(for: .input, or: stop, until: deadline) == .input,
                let more = try? socket.receive(atMost: Iperf3Cookie.length - octets.count), !more.isEmpty
            else { return nil }
            octets += more
        }
        return Iperf3Cookie(octets)
    }

    private static func serveStream(
        of transfer: BulkTransfer, _ parameters: Iperf3Parameters, _ socket: borrowing TCPSocket
    ) {
        do throws(SocketError) {
            try socket.descriptor.apply(parameters)
            let copy = try socket.descriptor.duplicate()
            guard let stream = transfer.join(copy, local: socket.local, peer: socket.peer) else { return }
            transfer.run(stream)
        } catch {
            transfer.streamEnded(failure: error)
        }
    }

    private func serveClient(_ cookie: Iperf3Cookie, _ socket: borrowing TCPSocket, _ stop: StopSignal) {
        var test = Iperf3ServerTest(cookie, from: socket.peer, slot: slot, rules: rules)
        do throws(Iperf3Failure) {
            try Self.hold(&test, over: socket, stop)
        } catch {
            let words = Iperf3ServerConversation.refusal(of: error)
            if !words.isEmpty { try? socket.send(words) }
            test.fail(error)
        }
    }

    private static func hold(
        _ test: inout Iperf3ServerTest, over socket: borrowing TCPSocket, _ stop: StopSignal
    ) throws(Iperf3Failure) {
        try socket.sendForIperf3(try test.opening())
        while true {
            if stop.isStopped { throw .interrupted }
            let steps: [Iperf3ServerTest.Step]
            if let transfer = test.awaited {
                // The end of the service is looked for now and then: a wait knows one signal.
                let look = MonotonicClock.nanoseconds &+ 200_000_000
                let wakeup = socket.descriptor.wait(
                    for: .input, or: transfer.areOpen, until: min(look, test.deadline ?? look))
                steps = try wakeup.contains(.signal) ? test.streamsOpened() : received(wakeup, socket, &test)
            } else {
                let wakeup = socket.descriptor.wait(for: .input, or: stop, until: test.deadline)
                steps = try received(wakeup, socket, &test)
            }
            for step in steps {
                switch step {
                case .send(let octets): try socket.sendForIperf3(octets)
                case .waitForStreams(let transfer):
                    // They look every tenth of a second; one that does not stop is not waited for.
                    transfer.finished.wait(nanoseconds: 5_000_000_000)
                    test.streamsStopped()
                case .close: return
                }
            }
        }
    }

    private static func received(
        _ wakeup: Wakeup, _ socket: borrowing TCPSocket, _ test: inout Iperf3ServerTest
    ) throws(Iperf3Failure) -> [Iperf3ServerTest.Step] {
        guard wakeup.contains(.input) else {
            try test.timeCame()
            return []
        }
        return try test.receive(try socket.receiveForIperf3())
    }
}
