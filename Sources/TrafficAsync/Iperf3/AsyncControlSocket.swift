internal import Glibc
internal import PacketDecode
internal import SocketEvents

/// A control connection of iperf3's that never holds a thread: a few octets now and then, so that readiness sources do.
struct AsyncControlSocket: ~Copyable, Sendable {
    let descriptor: SocketDescriptor
    let local: Endpoint
    let peer: Endpoint

    /// Takes over a connection.
    init(_ descriptor: consuming SocketDescriptor, peer: Endpoint) throws(SocketError) {
        try descriptor.setNonBlocking(true)
        local = descriptor.localEndpoint ?? .unspecified
        self.peer = peer
        self.descriptor = descriptor
    }

    /// Connects to `address`; `prepare` may set options before.
    ///
    /// - Throws: `SocketError`; ECANCELED where the task is cancelled first.
    init(
        connectingTo address: SocketAddress,
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void
    ) async throws(SocketError) {
        let descriptor = try SocketDescriptor(opening: .stream, family: address.family, nonBlocking: true)
        try prepare(descriptor)
        var failure = descriptor.startConnecting(to: address)
        if failure == EINPROGRESS {
            await Readiness.wait(for: .writable, on: descriptor.rawValue)
            failure = Task.isCancelled ? ECANCELED : descriptor.pendingError
        }
        guard failure == 0 else { throw SocketError(.connect, errno: failure, subject: "\(address.endpoint)") }
        try self.init(descriptor, peer: address.endpoint)
    }

    /// Waits for something to receive, for `signal`, or for `deadline` by `MonotonicClock`; or until the task is cancelled, which
    /// is told as time.
    func wait(or signal: StopSignal? = nil, until deadline: Int64?) async -> Wakeup {
        let socket = descriptor.rawValue
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await Readiness.wait(for: .readable, on: socket) }
            if let signal { group.addTask { await Readiness.wait(for: .readable, on: signal.descriptor) } }
            if let deadline {
                let left = max(0, deadline - MonotonicClock.nanoseconds)
                group.addTask { try? await Task.sleep(nanoseconds: UInt64(left)) }
            }
            await group.next()
            group.cancelAll()
        }
        return descriptor.wait(for: .input, or: signal, until: 0)
    }

    /// What the peer has said; none where it has ended. To be asked after a wait that found input.
    func receive(atMost maximum: Int = 65536) throws(Iperf3Failure) -> [UInt8] {
        do throws(SocketErrno) {
            return try descriptor.receive(atMost: maximum)
        } catch {
            throw .socket(SocketError(.receive, errno: error.code, subject: "\(peer)"))
        }
    }

    /// Sends all of `octets`, and waits while there is no room.
    func send(_ octets: [UInt8]) async throws(Iperf3Failure) {
        var rest = octets[...]
        while !rest.isEmpty {
            do throws(SocketErrno) {
                rest = rest.dropFirst(try descriptor.send(rest))
            } catch {
                guard error.code == EAGAIN, !Task.isCancelled else {
                    throw .socket(SocketError(.send, errno: error.code, subject: "\(peer)"))
                }
                await Readiness.wait(for: .writable, on: descriptor.rawValue)
            }
        }
    }
}
