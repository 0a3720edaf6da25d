internal import Glibc
public import PacketDecode
public import SocketEvents
internal import Synchronization

/// Serves iperf3's TCP tests, one at a time: a task for a client's control connection, and a task and a SwiftNIO channel for each
/// stream.
public final class AsyncIperf3TCPServer: Sendable {
    /// Where it listens.
    public let local: Endpoint
    /// Until `run()` takes it.
    private let listener: Mutex<AsyncTCPListener?>
    /// Never said: the end is the task's cancellation.
    private let stop: StopSignal
    private let slot = Iperf3TestSlot()
    private let rules: Iperf3ServerTest.Rules
    private let streams = Mutex<AsyncBulkStreams?>(nil)

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
        rules = Iperf3ServerTest.Rules(
            manner: .async, interval: interval, showsPeerIntervals: showsPeerIntervals, events: events, text: text)
        // The octets of a test are counted, not recorded call by call.
        let silent = SocketEventRecorder(role: .server, manner: .async, contentLimit: 0) { _ in }
        let bound = try AsyncTCPListener(on: addresses, filter: filter, recorder: silent)
        local = bound.local
        stop = try StopSignal()
        listener = Mutex(bound)
    }

    /// Serves until the task is cancelled; a test that runs then is cut short.
    ///
    /// - Throws: `SocketError` where the listening socket itself is broken.
    public func run() async throws(SocketError) {
        guard let listener = listener.withLock({ $0.take() }) else { return }
        let broken: SocketError? = await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do throws(SocketError) {
                    guard let accepted = try await listener.accept(stop: stop) else { break }
                    let (peer, family) = (accepted.peer, listener.descriptor.family)
                    let descriptor = accepted.release()
                    group.addTask {
                        let owned = SocketDescriptor(adopting: descriptor, family: family)
                        await self.serve(owned, peer: peer ?? self.local)
                    }
                } catch {
                    switch error.errno {
                    case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                        try? await Task.sleep(for: .nanoseconds(AcceptingPause.nanoseconds))
                    case EBADF, EINVAL, ENOTSOCK, EFAULT, EOPNOTSUPP:
                        group.cancelAll()
                        return error
                    default: break  // The client has gone: its network's errors come out of accept(2).
                    }
                }
            }
            group.cancelAll()
            return nil
        }
        listener.close()
        if let broken { throw broken }
    }

    private func serve(_ descriptor: consuming SocketDescriptor, peer: Endpoint) async {
        guard let socket = try? AsyncControlSocket(descriptor, peer: peer),
            let cookie = await Self.takeCookie(from: socket)
        else { return }
        if let (parameters, transfer) = slot.test(of: cookie) {
            await serveStream(of: transfer, parameters, socket)
        } else {
            await serveClient(cookie, socket)
        }
    }

    /// Waits for the 37 octets that a connection begins with, and takes no more: a stream's are the test's.
    private static func takeCookie(from socket: borrowing AsyncControlSocket) async -> Iperf3Cookie? {
        let deadline = MonotonicClock.nanoseconds &+ 10_000_000_000
        var octets: [UInt8] = []
        while octets.count < Iperf3Cookie.length {
            guard await socket.wait(until: deadline) == .input,
                let more = try? socket.receive(atMost: Iperf3Cookie.length - octets.count), !more.isEmpty
            else { return nil }
            octets += more
        }
        return Iperf3Cookie(octets)
    }

    private func serveStream(
        of transfer: BulkTransfer, _ parameters: Iperf3Parameters, _ socket: borrowing AsyncControlSocket
    ) async {
        do throws(SocketError) {
            try socket.descriptor.apply(parameters)
            let copy = try socket.descriptor.duplicate()
            let channels = streams(of: transfer)
            guard let stream = transfer.join(copy, local: socket.local, peer: socket.peer) else { return }
            await channels.run(stream)
        } catch {
            transfer.streamEnded(failure: error)
        }
    }

    /// The channels of the test that is held.
    private func streams(of transfer: BulkTransfer) -> AsyncBulkStreams {
        streams.withLock { streams in
            if let streams, streams.transfer === transfer { return streams }
            let fresh = AsyncBulkStreams(transfer)
            streams = fresh
            return fresh
        }
    }

    private func serveClient(_ cookie: Iperf3Cookie, _ socket: borrowing AsyncControlSocket) async {
        var test = Iperf3ServerTest(cookie, from: socket.peer, slot: slot, rules: rules)
        do throws(Iperf3Failure) {
            try await hold(&test, over: socket)
        } catch {
            let words = Iperf3ServerConversation.refusal(of: error)
            if !words.isEmpty { try? await socket.send(words) }
            test.fail(error)
            if let transfer = slot.test(of: cookie)?.transfer { streams(of: transfer).end() }
        }
    }

    private func hold(
        _ test: inout Iperf3ServerTest, over socket: borrowing AsyncControlSocket
    ) async throws(Iperf3Failure) {
        try await socket.send(try test.opening())
        while true {
            let awaited = test.awaited
            let wakeup = await socket.wait(or: awaited?.areOpen, until: test.deadline)
            if Task.isCancelled { throw .interrupted }
            let steps: [Iperf3ServerTest.Step]
            if wakeup.contains(.signal) {
                steps = try test.streamsOpened()
            } else if wakeup.contains(.input) {
                steps = try test.receive(try socket.receive())
            } else {
                try test.timeCame()
                steps = []
            }
            for step in steps {
                switch step {
                case .send(let octets): try await socket.send(octets)
                case .waitForStreams(let transfer):
                    streams(of: transfer).end()
                    _ = await Readiness.wait(
                        for: .readable, on: transfer.finished.descriptor, timeout: 5_000_000_000)
                    test.streamsStopped()
                case .close: return
                }
            }
        }
    }
}
