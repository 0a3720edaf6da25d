internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import PacketDecode
internal import SocketEvents

/// One end of a TCP connection over SwiftNIO's `NIOAsyncChannel`. Events are of the calls made here: SwiftNIO reads ahead, so
/// a `receive` may end after its system call did.
struct AsyncTCPConnection: Sendable {
    typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    let channel: Channel
    let local: Endpoint?
    let peer: Endpoint?
    let recorder: SocketEventRecorder
    /// The socket's descriptor, which SwiftNIO owns: to be used on the channel's event loop alone, while the channel is active.
    private let descriptor: Int32

    /// Hands a connected socket to SwiftNIO, which closes it from then on, also where this fails.
    init(
        adopting descriptor: Int32, local: Endpoint?, peer: Endpoint?, recorder: SocketEventRecorder
    ) async throws {
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .withConnectedSocket(descriptor, channelInitializer: Self.wrap)
        self.local = local ?? channel.channel.localAddress?.endpoint
        self.peer = peer
        self.recorder = recorder
        self.descriptor = descriptor
    }

    /// Wraps a fresh channel, on its event loop, before its first octet can be read.
    private static func wrap(_ channel: any NIOCore.Channel) -> EventLoopFuture<Channel> {
        channel.eventLoop.makeCompletedFuture {
            // Without half closure SwiftNIO would close at the peer's end, in the middle of what is still to be said.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
            return try Channel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    /// Runs `body`, then closes the connection, and records that: half by half, or `atOnce` with one close(2), as the socket's
    /// `linger` says.
    func thenClose(
        atOnce: Bool = false, _ body: (NIOAsyncChannelInboundStream<ByteBuffer>) async throws(SocketError) -> Void
    ) async throws(SocketError) {
        var start = Timestamp.now
        var failure: SocketError?
        do {
            failure = try await channel.executeThenClose { inbound, _ in
                let failure = await errorThrown { () async throws(SocketError) in try await body(inbound) }
                start = .now
                // What follows would end our half first.
                if atOnce { await closeAtOnce() }
                return failure
            }
        } catch {
            failure = SocketError(.close, from: error, subject: subject)
        }
        recorder.record(.close, from: start, local: local, peer: peer)
        if let failure { throw failure }
    }

    /// Receives, and lends what came, until the peer's half ends (true) or the task is cancelled (false).
    func receiveAll(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ body: ([UInt8]) async throws(SocketError) -> Void
    ) async throws(SocketError) -> Bool {
        var iterator = inbound.makeAsyncIterator()
        while true {
            let start = Timestamp.now
            let octets: [UInt8]
            do {
                guard let buffer = try await iterator.next() else {
                    // A cancelled task's stream ends too, and says nothing of the peer.
                    if Task.isCancelled { return false }
                    recorder.record(.receive, from: start, local: local, peer: peer, moved: [])
                    return true
                }
                octets = Array(buffer: buffer)
            } catch is CancellationError {
                return false
            } catch {
                throw fail(.receive, .receive, from: start, error)
            }
            recorder.record(.receive, from: start, local: local, peer: peer, moved: octets[...])
            try await body(octets)
        }
    }

    /// Sends all of `octets`, and returns when the kernel has them. Where the task is cancelled before, the connection is
    /// closed: SwiftNIO takes back nothing that it was given.
    func send(_ octets: [UInt8]) async throws(SocketError) {
        guard !octets.isEmpty else { return }
        try await waitUntilDone(startSending(octets))
    }

    /// Gives `octets` to SwiftNIO. The future is done when the kernel has them, and then the event is recorded.
    ///
    /// The channel is written to directly: the outbound writer of `NIOAsyncChannel` returns before the system call, and keeps
    /// its errno to itself.
    func startSending(_ octets: [UInt8]) -> EventLoopFuture<Void> {
        let start = Timestamp.now
        let (recorder, local, peer) = (recorder, local, peer)
        let sending = channel.channel.writeAndFlush(ByteBuffer(bytes: octets))
        sending.whenSuccess { recorder.record(.send, from: start, local: local, peer: peer, moved: octets[...]) }
        return sending
    }

    /// Waits until the kernel has what was given to SwiftNIO. Where the task is cancelled before, the connection is closed.
    func waitUntilDone(_ sending: EventLoopFuture<Void>) async throws(SocketError) {
        let start = Timestamp.now
        do {
            try await withTaskCancellationHandler {
                try await sending.get()
            } onCancel: {
                channel.channel.close(promise: nil)
            }
        } catch {
            throw fail(.send, .send, from: start, error)
        }
    }

    /// Ends this side's half of the stream.
    func shutdownSending() async throws(SocketError) {
        let start = Timestamp.now
        do {
            try await channel.channel.close(mode: .output).get()
            recorder.record(.shutdown, from: start, local: local, peer: peer)
        } catch {
            throw fail(.shutdown, .shutdown, from: start, error)
        }
    }

    /// Closes both halves with one close(2).
    ///
    /// Where the socket lingers, close(2) waits though the socket does not block, and SwiftNIO would call it on an event loop. Only
    /// the last descriptor's close does: that one is a copy, and is closed by a thread that may wait.
    private func closeAtOnce() async {
        let copy = await copyDescriptor()
        try? await channel.channel.close().get()
        guard copy >= 0 else { return }
        do {
            try await NIOThreadPool.singleton.runIfActive { _ = Glibc.close(copy) }
        } catch {
            // The pool takes no more work.
            _ = Glibc.close(copy)
        }
    }

    /// Waits until the handshake is over, where TCP Fast Open has let the connection be used before, or the task is cancelled.
    func finishConnecting() async {
        let copy = await copyDescriptor { SocketDescriptor.isConnecting($0) }
        guard copy >= 0 else { return }
        await Readiness.wait(for: .writable, on: copy)
        _ = Glibc.close(copy)
    }

    /// Another descriptor of the same socket, which the caller closes; negative where the connection has ended, `isWanted` says
    /// no, or the process has no descriptor left.
    private func copyDescriptor(where isWanted: @escaping @Sendable (Int32) -> Bool = { _ in true }) async -> Int32 {
        let (nio, descriptor) = (channel.channel, descriptor)
        let copying = nio.eventLoop.submit {
            // SwiftNIO closes on this loop: while the channel is active the descriptor is this connection's.
            nio.isActive && isWanted(descriptor) ? fcntl(descriptor, F_DUPFD_CLOEXEC, 0) : -1
        }
        return (try? await copying.get()) ?? -1
    }

    /// What the kernel knows of the peer's; nothing where the connection has ended meanwhile.
    func acknowledgments() async -> PingMachine.Acknowledgments {
        let (nio, descriptor) = (channel.channel, descriptor)
        let answer = nio.eventLoop.submit { () -> PingMachine.Acknowledgments in
            // SwiftNIO closes on this loop: while the channel is active the descriptor is this connection's.
            guard nio.isActive, let info = try? TCPInfo(of: descriptor) else { return .unknown }
            let isEmpty = (try? nio.syncOptions?.getOption(.bufferedWritableBytes)) == 0
            return PingMachine.Acknowledgments(info, isEmpty: isEmpty)
        }
        return (try? await answer.get()) ?? .unknown
    }

    func record(_ happening: DialogueEvent.Happening, _ recorder: DialogueRecorder) {
        recorder.record(happening, local: local, peer: peer)
    }

    private var subject: String { peer.map { "\($0)" } ?? "" }

    private func fail(
        _ call: SocketCall, _ operation: SocketError.Operation, from start: Timestamp, _ error: any Error
    ) -> SocketError {
        let failure = SocketError(operation, from: error, subject: subject)
        recorder.record(call, from: start, local: local, peer: peer, failure: failure)
        return failure
    }
}
