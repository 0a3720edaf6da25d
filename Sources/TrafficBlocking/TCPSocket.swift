internal import Glibc
public import PacketDecode
public import SocketEvents

/// One end of a TCP connection, with calls that block; each is recorded as an event. It is closed once: by `close()`, or
/// unrecorded when it goes out of scope.
public struct TCPSocket: ~Copyable, Sendable {
    public let descriptor: SocketDescriptor
    public let local: Endpoint
    public let peer: Endpoint
    let recorder: SocketEventRecorder

    init(_ descriptor: consuming SocketDescriptor, local: Endpoint, peer: Endpoint, recorder: SocketEventRecorder) {
        self.descriptor = descriptor
        self.local = local
        self.peer = peer
        self.recorder = recorder
    }

    /// Connects to the first of `addresses` that answers; each attempt is an event. `source` is the end that the socket is
    /// bound to before, where one is wished; `timeout`: nanoseconds for each attempt. `prepare` may set options before.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        connectingTo addresses: [SocketAddress], from source: SocketAddress? = nil, timeout: Int64? = nil,
        recorder: SocketEventRecorder,
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void = { _ throws(SocketError) in }
    ) throws(SocketError) {
        let connected = try SocketDescriptor(
            connectedFor: .stream, to: addresses, from: source, timeout: timeout, recorder: recorder,
            prepare: prepare)
        let local = connected.localEndpoint ?? .unspecified
        let peer = connected.connectedTo ?? .unspecified
        self.init(connected, local: local, peer: peer, recorder: recorder)
    }

    /// Sends all of `octets`: an event for each send(2) that it takes.
    public func send(_ octets: [UInt8]) throws(SocketError) {
        var rest = octets[...]
        while !rest.isEmpty {
            let start = Timestamp.now
            do {
                let count = try descriptor.send(rest)
                recorder.record(.send, from: start, local: local, peer: peer, moved: rest.prefix(count))
                rest = rest.dropFirst(count)
            } catch {
                throw fail(.send, .send, from: start, error)
            }
        }
    }

    /// Sends as much of `octets` as the kernel takes at once, and returns how much that is; nil where it takes none now.
    func sendWithoutWaiting(_ octets: ArraySlice<UInt8>) throws(SocketError) -> Int? {
        let start = Timestamp.now
        do {
            let count = try descriptor.send(octets, waits: false)
            recorder.record(.send, from: start, local: local, peer: peer, moved: octets.prefix(count))
            return count
        } catch {
            if error.code == EAGAIN { return nil }
            throw fail(.send, .send, from: start, error)
        }
    }

    /// Waits for octets and receives at most `maximum` of them; none means that the peer has ended its half. Nil where `stop`
    /// was said before any came.
    public func receive(atMost maximum: Int = 65536, stop: StopSignal? = nil) throws(SocketError) -> [UInt8]? {
        let start = Timestamp.now
        if let stop, !stop.waitForInput(on: descriptor.rawValue) { return nil }
        do {
            let octets = try descriptor.receive(atMost: maximum)
            recorder.record(.receive, from: start, local: local, peer: peer, moved: octets[...])
            return octets
        } catch {
            throw fail(.receive, .receive, from: start, error)
        }
    }

    /// Ends this side's half of the stream: the peer reads an end.
    public func shutdownSending() throws(SocketError) {
        let start = Timestamp.now
        do {
            try descriptor.shutdownSending()
            recorder.record(.shutdown, from: start, local: local, peer: peer)
        } catch {
            throw fail(.shutdown, .shutdown, from: start, error)
        }
    }

    /// Closes the socket, and records it.
    public consuming func close() {
        let (recorder, local, peer) = (recorder, local, peer)
        let start = Timestamp.now
        descriptor.close()
        recorder.record(.close, from: start, local: local, peer: peer)
    }

    /// TCP_INFO of this connection, now.
    public func kernelSample() throws(SocketError) -> KernelSample {
        try descriptor.kernelSample(local: local, peer: peer)
    }

    /// A second value for the same open socket, for another thread. It must be given to `endLending` before this one goes.
    func lend() -> TCPSocket {
        TCPSocket(
            SocketDescriptor(adopting: descriptor.rawValue, family: descriptor.family), local: local, peer: peer,
            recorder: recorder)
    }

    /// Forgets a lent value without closing.
    consuming func endLending() { _ = descriptor.release() }

    private func fail(
        _ call: SocketCall, _ operation: SocketError.Operation, from start: Timestamp, _ error: SocketErrno
    ) -> SocketError {
        let failure = SocketError(operation, errno: error.code, subject: "\(peer)")
        recorder.record(call, from: start, local: local, peer: peer, failure: failure)
        return failure
    }
}
