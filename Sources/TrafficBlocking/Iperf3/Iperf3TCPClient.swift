public import SocketEvents

/// Holds one TCP test with an iperf3 server: its control connection on the caller's thread, a thread for each stream.
public final class Iperf3TCPClient: Sendable {
    private let parameters: Iperf3Parameters
    private let interval: Int64?
    private let events: @Sendable (Iperf3Event) -> Void
    private let stopSignal: StopSignal
    /// The octets of a test are counted, not recorded call by call.
    private let recorder = SocketEventRecorder(role: .client, manner: .blocking, contentLimit: 0) { _ in }

    /// `interval`: nanoseconds between reports; nil for none.
    public init(
        _ parameters: Iperf3Parameters, interval: Int64?, events: @escaping @Sendable (Iperf3Event) -> Void
    ) throws(SocketError) {
        self.parameters = parameters
        self.interval = interval
        self.events = events
        stopSignal = try StopSignal()
    }

    /// Cuts the test short. Safe from any thread.
    public func stop() { stopSignal.stop() }

    /// Holds the test with the first of `addresses` that answers, and returns when both ends have told their results.
    ///
    /// - Throws: why there was none, or not to its end; what was measured by then was told.
    public func run(with addresses: [SocketAddress]) throws(Iperf3Failure) {
        var test = try makeTest()
        let socket = try connect(to: addresses)
        do throws(Iperf3Failure) {
            try hold(&test, over: socket, addresses.filter { $0.endpoint == socket.peer })
        } catch {
            test.cutShort()
            if error == .interrupted { try? socket.send(Iperf3ClientConversation.termination) }
            throw error
        }
    }

    private func makeTest() throws(Iperf3Failure) -> Iperf3ClientTest {
        do throws(SocketError) {
            return try Iperf3ClientTest(parameters, manner: .blocking, interval: interval, events: events)
        } catch {
            throw .socket(error)
        }
    }

    private func connect(to addresses: [SocketAddress]) throws(Iperf3Failure) -> TCPSocket {
        do throws(SocketError) {
            return try TCPSocket(connectingTo: addresses, recorder: recorder) { descriptor throws(SocketError) in
                try descriptor.disableNagle()
            }
        } catch {
            throw .socket(error)
        }
    }

    private func hold(
        _ test: inout Iperf3ClientTest, over socket: borrowing TCPSocket, _ addresses: [SocketAddress]
    ) throws(Iperf3Failure) {
        try socket.sendForIperf3(test.opening)
        while true {
            // The wish to stop is looked for now and then: a wait knows one signal.
            let look = MonotonicClock.nanoseconds &+ 100_000_000
            let signal = test.isRunning ? test.transfer.finished : stopSignal
            let wakeup = socket.descriptor.wait(for: .input, or: signal, until: min(look, test.deadline))
            if stopSignal.isStopped { throw .interrupted }
            var steps: [Iperf3ClientTest.Step] = []
            if wakeup.contains(.input) {
                steps = try test.receive(try socket.receiveForIperf3())
            } else if try test.timeCame() {
                stopStreams(of: test.transfer)
                steps = try test.streamsStopped()
            }
            for step in steps {
                switch step {
                case .send(let octets): try socket.sendForIperf3(octets)
                case .openStreams(let transfer): try openStreams(of: transfer, test.cookie, addresses)
                case .start: test.start()
                case .close: return
                }
            }
        }
    }

    private func openStreams(
        of transfer: BulkTransfer, _ cookie: Iperf3Cookie, _ addresses: [SocketAddress]
    ) throws(Iperf3Failure) {
        do throws(SocketError) {
            for number in 1...transfer.expected {
                let socket = try TCPSocket(connectingTo: addresses, recorder: recorder) {
                    descriptor throws(SocketError) in
                    try descriptor.apply(parameters)
                }
                try socket.send(cookie.octets)
                let (local, peer) = (socket.local, socket.peer)
                guard let stream = transfer.join(try socket.descriptor.duplicate(), local: local, peer: peer) else {
                    return
                }
                events(.opened(stream: number, local: local, peer: peer))
                do throws(ThreadError) {
                    _ = try SystemThread { transfer.run(stream) }
                } catch {
                    throw SocketError(.socket, errno: error.errno, subject: "")
                }
            }
        } catch {
            throw .socket(error)
        }
    }

    /// Waits until the streams have stopped and, where octets end the test, until the peer has them.
    private func stopStreams(of transfer: BulkTransfer) {
        if transfer.isExhausted, transfer.isSender {
            let limit = MonotonicClock.nanoseconds &+ 10_000_000_000
            for stream in transfer.streams {
                while stream.descriptor.unacknowledgedOctets > 0, MonotonicClock.nanoseconds < limit,
                    !stopSignal.wait(nanoseconds: 1_000_000)
                {}
            }
        }
        transfer.end()
        // They look every tenth of a second; one that does not stop is not waited for.
        transfer.finished.wait(nanoseconds: 5_000_000_000)
    }
}
