internal import Glibc
internal import NIOCore
internal import NIOPosix
public import PacketDecode
public import SocketEvents
internal import Synchronization

/// Serves any number of TCP clients at once, a task and a SwiftNIO channel for each, and outlives their errors.
public final class AsyncTCPServer: Sendable {
    /// Where it listens, with the port that the kernel chose where zero was asked.
    public let local: Endpoint
    /// Until `run()` takes it.
    private let listener: Mutex<AsyncTCPListener?>
    private let rules: TCPServerRules
    private let recorder: SocketEventRecorder
    private let dialogue: DialogueRecorder
    /// Said by `stop()`: no more clients.
    private let stopSignal: StopSignal
    private let clientCount = Mutex(0)
    private let eventLoops = MultiThreadedEventLoopGroup.singleton

    /// Listens on the first of `addresses` that can be bound; `run()` then serves. `options` and `filter` are inherited by the
    /// connections that are accepted.
    public init(
        on addresses: [SocketEvents.SocketAddress], filter: SocketFilter? = nil,
        options: TCPSocketOptions = TCPSocketOptions(), rules: TCPServerRules = TCPServerRules(),
        recorder: SocketEventRecorder, dialogue: DialogueRecorder? = nil
    ) throws(SocketError) {
        // The event loops take their descriptors now: they could not when clients have taken all of them.
        _ = eventLoops.any()
        stopSignal = try StopSignal()
        let listener = try AsyncTCPListener(on: addresses, filter: filter, options: options, recorder: recorder)
        local = listener.local
        self.listener = Mutex(listener)
        self.rules = rules
        self.recorder = recorder
        self.dialogue = dialogue ?? .silent(beside: recorder)
    }

    /// Accepts clients and talks with each in lines, as the rules say, until `stop()`; returns when the last connection's task
    /// has ended. A cancelled task ends it too, and the clients at once. It does so once: called again it returns at once.
    ///
    /// A lack of descriptors or memory pauses the accepting, and does not end the service.
    ///
    /// - Throws: `SocketError` where the listening socket itself is broken.
    public func run() async throws(SocketError) {
        let broken = await withTaskGroup(of: SocketError?.self) { group in
            group.addTask { await self.serveAll() }
            group.addTask {
                await self.waitForEndOfGrace()
                return nil
            }
            // Whichever is first: all clients have gone, or their time is over.
            let broken = await group.next() ?? nil
            group.cancelAll()
            return await group.reduce(broken) { $0 ?? $1 }
        }
        if let broken { throw broken }
    }

    /// Ends `run()`: no more clients, and those that are there have the rules' grace. Safe from any thread.
    public func stop() { stopSignal.stop() }

    /// Accepts until `stop()`, and returns when the last client has gone, with what broke the listening socket.
    private func serveAll() async -> SocketError? {
        await withDiscardingTaskGroup { group in
            guard let listener = listener.withLock({ $0.take() }) else { return nil }
            var pause = AcceptingPause()
            var broken: SocketError?
            accepting: while true {
                do throws(SocketError) {
                    guard let accepted = try await listener.accept(stop: stopSignal, butNotRecording: pause.errno)
                    else { break }
                    admit(accepted, in: &group)
                    if pause.errno != nil, listener.descriptor.wait(for: .input, until: 0) == .time {
                        report(pause.end())
                    }
                } catch {
                    switch error.errno {
                    case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                        report(pause.begin(errno: error.errno ?? 0))
                        await sleep(AcceptingPause.nanoseconds)
                    case EBADF, EINVAL, ENOTSOCK, EFAULT, EOPNOTSUPP:
                        broken = error
                        group.cancelAll()
                        break accepting
                    default: break  // The client has gone: its network's errors come out of accept(2).
                    }
                }
            }
            listener.close()
            return broken
        }
    }

    private func admit(_ accepted: consuming AsyncTCPListener.Accepted, in group: inout DiscardingTaskGroup) {
        let present = clientCount.withLock { count in
            count += 1
            return count - 1
        }
        let (local, peer) = (accepted.local, accepted.peer)
        if let limit = rules.clientLimit, present >= limit {
            clientCount.withLock { $0 -= 1 }
            return refuse(accepted, clients: present)
        }
        let descriptor = accepted.release()
        group.addTask {
            await self.serve(descriptor, local: local, peer: peer)
            self.clientCount.withLock { $0 -= 1 }
        }
    }

    /// Tells a client for whom there is no place so, and closes, without ever waiting for it.
    private func refuse(_ accepted: consuming AsyncTCPListener.Accepted, clients: Int) {
        let (local, peer) = (accepted.local, accepted.peer)
        var start = Timestamp.now
        let refusal = TCPServerRules.refusal(clients: clients)
        // A fresh connection has room for it; one that has gone already needs none.
        if let count = try? accepted.descriptor.send(refusal[...], waits: false) {
            recorder.record(.send, from: start, local: local, peer: peer, moved: refusal.prefix(count))
        }
        try? accepted.descriptor.shutdownSending()
        accepted.descriptor.discardInput(atMost: 65536)
        start = .now
        accepted.close()
        dialogue.record(.service(.refused(clients: clients)), local: local, peer: peer)
        recorder.record(.close, from: start, local: local, peer: peer)
    }

    /// Talks with one client until its half ends. Its errors are recorded, and concern it alone.
    private func serve(_ descriptor: Int32, local: Endpoint, peer: Endpoint?) async {
        let start = Timestamp.now
        do {
            let connection = try await AsyncTCPConnection(
                adopting: descriptor, local: local, peer: peer, recorder: recorder)
            try await connection.thenClose { inbound async throws(SocketError) in
                try await AsyncDialogue(connection, rules.dialogue, recorder: dialogue).hold(inbound)
            }
        } catch is SocketError {
            // It was recorded where it happened.
        } catch {
            // The client reset before SwiftNIO could take the socket over, and it has closed it.
            let failure = SocketError(.receive, from: error, subject: peer.map { "\($0)" } ?? "")
            recorder.record(.receive, from: start, local: local, peer: peer, failure: failure)
            recorder.record(.close, from: start, local: local, peer: peer)
        }
    }

    /// Waits until `stop()`, and then for as long as clients have to finish; or until the task is cancelled, when they have.
    private func waitForEndOfGrace() async {
        await Readiness.wait(for: .readable, on: stopSignal.descriptor)
        guard !Task.isCancelled, rules.grace > 0 else { return }
        let left = clientCount.withLock { $0 }
        if left > 0 { report(.draining(clients: left, grace: rules.grace)) }
        guard (try? await Task.sleep(for: .nanoseconds(rules.grace))) != nil else { return }
        report(.dropped(clients: clientCount.withLock { $0 }))
    }

    private func report(_ report: ServiceReport?) {
        if let report { dialogue.record(.service(report), local: local, peer: nil) }
    }

    /// An event loop has its timer already; one of another library's might need a descriptor that there is not.
    private func sleep(_ nanoseconds: Int64) async {
        try? await eventLoops.any().scheduleTask(in: .nanoseconds(nanoseconds)) {}.futureResult.get()
    }
}
