internal import Glibc
public import PacketDecode
public import SocketEvents

/// A socket that listens for TCP connections and never holds a thread: a non-blocking descriptor and a readiness source.
///
/// SwiftNIO's own server channel forgets the address of a client that has gone already, and waits for descriptors in silence.
public struct AsyncTCPListener: ~Copyable, Sendable {
    public let descriptor: SocketDescriptor
    /// Where it listens, with the port that the kernel chose where zero was asked.
    public let local: Endpoint
    let recorder: SocketEventRecorder

    /// A connection that was accepted, before SwiftNIO has it.
    struct Accepted: ~Copyable, Sendable {
        let descriptor: SocketDescriptor
        let local: Endpoint
        let peer: Endpoint?

        /// Gives the descriptor away: who takes it closes it.
        consuming func release() -> Int32 { descriptor.release() }

        consuming func close() { descriptor.close() }
    }

    /// Listens on the first of `addresses` that can be bound. `options` and `filter` are inherited by accepted connections.
    ///
    /// - Throws: the last attempt's `SocketError`.
    public init(
        on addresses: [SocketAddress], filter: SocketFilter? = nil, options: TCPSocketOptions = TCPSocketOptions(),
        recorder: SocketEventRecorder
    ) throws(SocketError) {
        let bound = try SocketDescriptor(
            boundFor: .stream, to: addresses, filter: filter, nonBlocking: true, recorder: recorder
        ) { descriptor throws(SocketError) in
            try descriptor.apply(options, for: .listening)
        }
        local = try bound.recordedListen(recorder: recorder)
        descriptor = bound
        self.recorder = recorder
    }

    /// Waits for a connection and accepts it; nil where `stop` was said first, or the task is cancelled. A failure whose errno
    /// is `known` already makes no event.
    ///
    /// - Throws: `SocketError`; most concern one client, or pass with time.
    func accept(stop: StopSignal, butNotRecording known: Int32? = nil) async throws(SocketError) -> Accepted? {
        let start = Timestamp.now
        while !Task.isCancelled, !stop.isStopped {
            do throws(SocketErrno) {
                let (accepted, peer) = try descriptor.accept()
                let socket = SocketDescriptor(adopting: accepted, family: descriptor.family)
                let local = socket.localEndpoint ?? self.local
                recorder.record(.accept, from: start, local: local, peer: peer)
                return Accepted(descriptor: socket, local: local, peer: peer)
            } catch {
                guard error.code == EAGAIN else {
                    let failure = SocketError(.accept, errno: error.code, subject: "\(local)")
                    if error.code != known { recorder.record(.accept, from: start, local: local, failure: failure) }
                    throw failure
                }
                await Readiness.wait(forInputOn: descriptor.rawValue, or: stop)
            }
        }
        return nil
    }

    /// Closes the socket, and records it.
    public consuming func close() {
        let (recorder, local) = (recorder, local)
        let start = Timestamp.now
        descriptor.close()
        recorder.record(.close, from: start, local: local)
    }
}
