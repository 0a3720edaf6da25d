internal import Glibc
public import PacketDecode
public import SocketEvents

/// A socket that listens for TCP connections.
public struct TCPListener: ~Copyable, Sendable {
    public let descriptor: SocketDescriptor
    /// Where it listens, with the port that the kernel chose where zero was asked.
    public let local: Endpoint
    private let recorder: SocketEventRecorder

    /// Listens on the first of `addresses` that can be bound. `filter` is attached before, so that accepted connections have it
    /// from their first segment on; `prepare` may set options.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        on addresses: [SocketAddress], filter: SocketFilter? = nil, recorder: SocketEventRecorder,
        prepare: (borrowing SocketDescriptor) throws(SocketError) -> Void = { _ throws(SocketError) in }
    ) throws(SocketError) {
        let bound = try SocketDescriptor(
            boundFor: .stream, to: addresses, filter: filter, recorder: recorder, prepare: prepare)
        local = try bound.recordedListen(recorder: recorder)
        descriptor = bound
        self.recorder = recorder
    }

    /// Waits for a connection and accepts it; nil where `stop` was said first.
    ///
    /// - Throws: `SocketError`; most concern one client, or pass with time.
    public func accept(stop: StopSignal? = nil) throws(SocketError) -> TCPSocket? {
        try accept(stop: stop, butNotRecording: nil)
    }

    /// As `accept(stop:)`, without an event where the errno is `known` already.
    func accept(stop: StopSignal?, butNotRecording known: Int32?) throws(SocketError) -> TCPSocket? {
        let start = Timestamp.now
        if let stop, !stop.waitForInput(on: descriptor.rawValue) { return nil }
        do {
            let (accepted, peer) = try descriptor.accept()
            let socket = SocketDescriptor(adopting: accepted, family: descriptor.family)
            let local = socket.localEndpoint ?? self.local
            recorder.record(.accept, from: start, local: local, peer: peer)
            return TCPSocket(socket, local: local, peer: peer ?? local, recorder: recorder)
        } catch {
            let failure = SocketError(.accept, errno: error.code, subject: "\(local)")
            if error.code != known { recorder.record(.accept, from: start, local: local, failure: failure) }
            throw failure
        }
    }

    /// Closes the socket, and records it.
    public consuming func close() {
        let (recorder, local) = (recorder, local)
        let start = Timestamp.now
        descriptor.close()
        recorder.record(.close, from: start, local: local)
    }
}
