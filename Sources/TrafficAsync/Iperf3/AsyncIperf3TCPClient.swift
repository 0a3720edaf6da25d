public import SocketEvents

/// Holds one TCP test with an iperf3 server: its control connection in the caller's task, a task and a SwiftNIO channel for each
/// stream.
public struct AsyncIperf3TCPClient: Sendable {
    private let parameters: Iperf3Parameters
    private let interval: Int64?
    private let events: @Sendable (Iperf3Event) -> Void

    /// `interval`: nanoseconds between reports; nil for none.
    public init(
        _ parameters: Iperf3Parameters, interval: Int64?, events: @escaping @Sendable (Iperf3Event) -> Void
    ) {
        self.parameters = parameters
        self.interval = interval
        self.events = events
    }

    /// Holds the test with the first of `addresses` that answers, and returns when both ends have told their results.
    ///
    /// - Throws: why there was none, or not to its end; what was measured by then was told. A cancelled task is `interrupted`.
    public func run(with addresses: [SocketAddress]) async throws(Iperf3Failure) {
        var failure = Iperf3Failure.socket(SocketError(operation: .connect, cause: .other("no address"), subject: ""))
        for address in addresses {
            let socket: AsyncControlSocket
            do throws(SocketError) {
                socket = try await AsyncControlSocket(connectingTo: address) { descriptor throws(SocketError) in
                    try descriptor.disableNagle()
                }
            } catch {
                failure = Task.isCancelled ? .interrupted : .socket(error)
                continue
            }
            return try await run(over: socket, with: address)
        }
        throw failure
    }

    private func run(
        over socket: borrowing AsyncControlSocket, with address: SocketAddress
    ) async throws(Iperf3Failure) {
        var test = try makeTest()
        let channels = AsyncBulkStreams(test.transfer)
        do throws(Iperf3Failure) {
            try await hold(&test, over: socket, with: address, channels)
        } catch {
            test.cutShort()
            channels.end()
            if error == .interrupted { try? await socket.send(Iperf3ClientConversation.termination) }
            throw error
        }
    }

    private func makeTest() throws(Iperf3Failure) -> Iperf3ClientTest {
        do throws(SocketError) {
            return try Iperf3ClientTest(parameters, manner: .async, interval: interval, events: events)
        } catch {
            throw .socket(error)
        }
    }

    private func hold(
        _ test: inout Iperf3ClientTest, over socket: borrowing AsyncControlSocket, with address: SocketAddress,
        _ channels: AsyncBulkStreams
    ) async throws(Iperf3Failure) {
        try await socket.send(test.opening)
        while true {
            // A receiver that has all its octets does not say so: it is looked for.
            let look = MonotonicClock.nanoseconds &+ 100_000_000
            let wakeup = await socket.wait(
                or: test.isRunning ? test.transfer.finished : nil, until: min(look, test.deadline))
            if Task.isCancelled { throw .interrupted }
            var steps: [Iperf3ClientTest.Step] = []
            if wakeup.contains(.input) {
                steps = try test.receive(try socket.receive())
            } else if try test.timeCame() {
                await stopStreams(of: test.transfer, channels)
                steps = try test.streamsStopped()
            }
            for step in steps {
                switch step {
                case .send(let octets): try await socket.send(octets)
                case .openStreams(let transfer): try await openStreams(of: transfer, test.cookie, address, channels)
                case .start: test.start()
                case .close: return
                }
            }
        }
    }

    private func openStreams(
        of transfer: BulkTransfer, _ cookie: Iperf3Cookie, _ address: SocketAddress, _ channels: AsyncBulkStreams
    ) async throws(Iperf3Failure) {
        for number in 1...transfer.expected {
            let stream: BulkStream?
            do throws(SocketError) {
                let socket = try await AsyncControlSocket(connectingTo: address) { descriptor throws(SocketError) in
                    try descriptor.apply(parameters)
                }
                // A fresh connection has room for the cookie.
                do throws(SocketErrno) {
                    _ = try socket.descriptor.send(cookie.octets[...])
                } catch {
                    throw SocketError(.send, errno: error.code, subject: "\(socket.peer)")
                }
                stream = transfer.join(try socket.descriptor.duplicate(), local: socket.local, peer: socket.peer)
            } catch {
                throw .socket(error)
            }
            guard let stream else { return }
            events(.opened(stream: number, local: stream.local, peer: stream.peer))
            // It ends when the transfer does, which is before the test is left.
            Task { await channels.run(stream) }
        }
    }

    /// Waits until the streams have stopped and, where octets end the test, until the peer has them.
    private func stopStreams(of transfer: BulkTransfer, _ channels: AsyncBulkStreams) async {
        if transfer.isExhausted, transfer.isSender {
            let limit = MonotonicClock.nanoseconds &+ 10_000_000_000
            for stream in transfer.streams {
                while stream.descriptor.unacknowledgedOctets > 0, MonotonicClock.nanoseconds < limit {
                    guard (try? await Task.sleep(for: .milliseconds(1))) != nil else { return }
                }
            }
        }
        channels.end()
        _ = await Readiness.wait(for: .readable, on: transfer.finished.descriptor, timeout: 5_000_000_000)
    }
}
