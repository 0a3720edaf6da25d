internal import Dispatch
internal import Glibc
public import PacketDecode
public import SocketEvents
internal import Synchronization

/// Serves any number of TCP clients at once, a thread for each, and outlives their errors.
public final class TCPServer: Sendable {
    /// Where it listens.
    public let local: Endpoint
    private let listener: Handover<TCPListener>
    private let rules: TCPServerRules
    private let dialogue: DialogueRecorder
    /// Said by `stop()`: no more clients.
    private let stopSignal: StopSignal
    /// Said when the clients' time is over.
    private let ended: StopSignal
    private let connections = DispatchGroup()
    private let clientCount = Mutex(0)

    /// Listens on the first of `addresses` that can be bound; `run()` then serves. `options` and `filter` are inherited by the
    /// connections that are accepted.
    public init(
        on addresses: [SocketAddress], filter: SocketFilter? = nil, options: TCPSocketOptions = TCPSocketOptions(),
        rules: TCPServerRules = TCPServerRules(), recorder: SocketEventRecorder, dialogue: DialogueRecorder? = nil
    ) throws(SocketError) {
        stopSignal = try StopSignal()
        ended = try StopSignal()
        let listener = try TCPListener(on: addresses, filter: filter, recorder: recorder) {
            descriptor throws(SocketError) in
            try descriptor.apply(options, for: .listening)
        }
        local = listener.local
        self.listener = Handover(listener)
        self.rules = rules
        self.dialogue = dialogue ?? .silent(beside: recorder)
    }

    /// Accepts clients and talks with each in lines, as the rules say, until `stop()`; returns when the last connection's thread
    /// has ended. It does so once: called again it returns at once.
    ///
    /// A lack of descriptors or memory pauses the accepting, and does not end the service.
    ///
    /// - Throws: `SocketError` where the listening socket itself is broken.
    public func run() throws(SocketError) {
        let (rules, dialogue) = (rules.dialogue, dialogue)
        try run { socket, ended in
            var talk = LineDialogue(rules, startingAt: MonotonicClock.nanoseconds)
            do throws(SocketError) {
                try socket.hold(&talk, Outbox(), recorder: dialogue, stop: ended)
            } catch {
                // It is recorded, and concerns this client alone.
            }
        }
    }

    /// The same, with a service of one's own: it is given each connection on a thread of that connection's, and must return soon
    /// after the signal is said.
    public func run(
        serving serve: @escaping @Sendable (borrowing TCPSocket, StopSignal) -> Void
    ) throws(SocketError) {
        guard let listener = listener.take() else { return }
        var broken: SocketError?
        do throws(SocketError) {
            try acceptAll(from: listener, serve)
        } catch {
            broken = error
        }
        listener.close()
        let left = clientCount.withLock { $0 }
        if broken == nil, left > 0, rules.grace > 0 {
            report(.draining(clients: left, grace: rules.grace))
            if connections.wait(timeout: .now() + .nanoseconds(Int(rules.grace))) == .timedOut {
                report(.dropped(clients: clientCount.withLock { $0 }))
            }
        }
        ended.stop()
        connections.wait()
        if let broken { throw broken }
    }

    /// Ends `run()`: no more clients, and those that are there have the rules' grace. Safe from any thread.
    public func stop() { stopSignal.stop() }

    /// Accepts until `stop()`.
    private func acceptAll(
        from listener: borrowing TCPListener, _ serve: @escaping @Sendable (borrowing TCPSocket, StopSignal) -> Void
    ) throws(SocketError) {
        var pause = AcceptingPause()
        while true {
            do throws(SocketError) {
                guard let socket = try listener.accept(stop: stopSignal, butNotRecording: pause.errno) else { return }
                start(socket, serve)
                if pause.errno != nil, listener.descriptor.wait(for: .input, until: 0) == .time {
                    report(pause.end())
                }
            } catch {
                switch error.errno {
                case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                    report(pause.begin(errno: error.errno ?? 0))
                    stopSignal.wait(nanoseconds: AcceptingPause.nanoseconds)
                case EBADF, EINVAL, ENOTSOCK, EFAULT, EOPNOTSUPP: throw error
                default: break  // The client has gone: its network's errors come out of accept(2).
                }
            }
        }
    }

    private func report(_ report: ServiceReport?) {
        if let report { dialogue.record(.service(report), local: local, peer: nil) }
    }

    private func start(
        _ socket: consuming TCPSocket, _ serve: @escaping @Sendable (borrowing TCPSocket, StopSignal) -> Void
    ) {
        let present = clientCount.withLock { count in
            count += 1
            return count - 1
        }
        if let limit = rules.clientLimit, present >= limit {
            clientCount.withLock { $0 -= 1 }
            return socket.refuse(clients: present, recorder: dialogue)
        }
        let handover = Handover(socket)
        connections.enter()
        do throws(ThreadError) {
            _ = try SystemThread {
                if let socket = handover.take() {
                    serve(socket, self.ended)
                    socket.close()
                }
                self.clientCount.withLock { $0 -= 1 }
                self.connections.leave()
            }
        } catch {
            // Without a thread there is no service.
            clientCount.withLock { $0 -= 1 }
            handover.take()?.refuse(clients: present, recorder: dialogue)
            connections.leave()
        }
    }
}
