internal import Glibc
internal import NIOCore
internal import NIOPosix
public import PacketDecode
public import SocketEvents
internal import Synchronization

/// Serves any number of TCP clients at once, a task and a SwiftNIO channel for each, and outlives their errors.
///
/// Connections are accepted here, by a readiness source, and handed to SwiftNIO: its own server channel forgets the address of
/// a client that has gone already, and waits for descriptors in silence.
public final class AsyncTCPServer: Sendable {
    /// Where it listens, with the port that the kernel chose where zero was asked.
    public let local: Endpoint
    /// Until `run()` takes it.
    private let listener: Mutex<SocketDescriptor?>
    private let recorder: SocketEventRecorder
    private let eventLoops = MultiThreadedEventLoopGroup.singleton

    /// Listens on the first of `addresses` that can be bound; `run()` then serves. `filter` is attached before, so that
    /// accepted connections have it from their first segment on.
    public init(
        on addresses: [SocketEvents.SocketAddress], filter: SocketFilter? = nil, recorder: SocketEventRecorder
    ) throws(SocketError) {
        // The event loops take their descriptors now: they could not when clients have taken all of them.
        _ = eventLoops.any()
        let listener = try SocketDescriptor(
            boundFor: .stream, to: addresses, filter: filter, nonBlocking: true, recorder: recorder)
        local = try listener.recordedListen(recorder: recorder)
        self.listener = Mutex(listener)
        self.recorder = recorder
    }

    /// Accepts and serves until the task is cancelled; when the last connection's task has ended, closes the listening socket
    /// and returns. It does so once: called again it returns at once.
    ///
    /// A lack of descriptors or memory is recorded once, waited out, and does not end the service.
    ///
    /// - Throws: `SocketError` where the listening socket itself is broken.
    public func run() async throws(SocketError) {
        guard let listener = listener.withLock({ $0.take() }) else { return }
        let broken: SocketError? = await withDiscardingTaskGroup { group in
            var known: Int32?
            var start = Timestamp.now
            while !Task.isCancelled {
                do throws(SocketErrno) {
                    let (descriptor, peer) = try listener.accept()
                    recorder.record(.accept, from: start, local: local, peer: peer)
                    group.addTask { await self.serve(descriptor, peer: peer) }
                    known = nil
                } catch {
                    switch error.code {
                    case EAGAIN:
                        await Readiness.wait(for: .readable, on: listener.rawValue)
                        continue
                    case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                        if error.code != known { recordFailure(error.code, from: start) }
                        await pause()
                    case EBADF, EINVAL, ENOTSOCK, EFAULT, EOPNOTSUPP:
                        group.cancelAll()
                        return recordFailure(error.code, from: start)
                    default:
                        // The client has gone: its network's errors come out of accept(2).
                        recordFailure(error.code, from: start)
                    }
                    known = error.code
                }
                start = .now
            }
            group.cancelAll()
            return nil
        }
        let start = Timestamp.now
        listener.close()
        recorder.record(.close, from: start, local: local)
        if let broken { throw broken }
    }

    @discardableResult
    private func recordFailure(_ code: Int32, from start: Timestamp) -> SocketError {
        let failure = SocketError(.accept, errno: code, subject: "\(local)")
        recorder.record(.accept, from: start, local: local, failure: failure)
        return failure
    }

    /// Waits until accepting is tried again. An event loop has its timer already; one of Dispatch's might need a descriptor.
    private func pause() async {
        try? await eventLoops.any().scheduleTask(in: Self.pauseWithoutResources) {}.futureResult.get()
    }

    /// Receives from one client until its half ends. Its errors are recorded, and concern it alone.
    private func serve(_ descriptor: Int32, peer: Endpoint?) async {
        let start = Timestamp.now
        do {
            let channel = try await ClientBootstrap(group: eventLoops)
                .withConnectedSocket(descriptor, channelInitializer: AsyncTCPConnection.wrap)
            let connection = AsyncTCPConnection(
                channel, local: channel.channel.localAddress?.endpoint ?? local, peer: peer, recorder: recorder)
            try await connection.thenClose { inbound async throws(SocketError) in
                try await connection.receiveAll(inbound)
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

    /// How long until accepting is tried again where the process lacks descriptors or memory.
    private static let pauseWithoutResources = TimeAmount.milliseconds(100)
}
