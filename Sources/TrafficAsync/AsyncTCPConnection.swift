internal import NIOCore
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

    init(_ channel: Channel, local: Endpoint?, peer: Endpoint?, recorder: SocketEventRecorder) {
        self.channel = channel
        self.local = local
        self.peer = peer
        self.recorder = recorder
    }

    /// Wraps a fresh channel, on its event loop, before its first octet can be read.
    static func wrap(_ channel: any NIOCore.Channel) -> EventLoopFuture<Channel> {
        channel.eventLoop.makeCompletedFuture {
            // Without half closure SwiftNIO would close at the peer's end, in the middle of what is still to be said.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
            return try Channel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    /// Runs `body`, then closes the connection, and records that.
    func thenClose(
        _ body: (NIOAsyncChannelInboundStream<ByteBuffer>) async throws(SocketError) -> Void
    ) async throws(SocketError) {
        var start = Timestamp.now
        var failure: SocketError?
        do {
            failure = try await channel.executeThenClose { inbound, _ in
                defer { start = .now }
                do throws(SocketError) {
                    try await body(inbound)
                    return nil
                } catch {
                    return error
                }
            }
        } catch {
            failure = SocketError(.close, from: error, subject: subject)
        }
        recorder.record(.close, from: start, local: local, peer: peer)
        if let failure { throw failure }
    }

    /// Receives until the peer's half ends, or the task is cancelled.
    func receiveAll(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws(SocketError) {
        var iterator = inbound.makeAsyncIterator()
        while true {
            let start = Timestamp.now
            do {
                guard let buffer = try await iterator.next() else {
                    // A cancelled task's stream ends too, and says nothing of the peer.
                    if !Task.isCancelled {
                        recorder.record(.receive, from: start, local: local, peer: peer, moved: [])
                    }
                    return
                }
                recorder.record(.receive, from: start, local: local, peer: peer, moved: Array(buffer: buffer)[...])
            } catch is CancellationError {
                return
            } catch {
                throw fail(.receive, .receive, from: start, error)
            }
        }
    }

    /// Sends all of `octets`, and returns when the kernel has them.
    ///
    /// The channel is written to directly: the outbound writer of `NIOAsyncChannel` returns before the system call, and keeps
    /// its errno to itself.
    func send(_ octets: [UInt8]) async throws(SocketError) {
        guard !octets.isEmpty else { return }
        let start = Timestamp.now
        do {
            try await channel.channel.writeAndFlush(ByteBuffer(bytes: octets)).get()
            recorder.record(.send, from: start, local: local, peer: peer, moved: octets[...])
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

    private var subject: String { peer.map { "\($0)" } ?? "" }

    private func fail(
        _ call: SocketCall, _ operation: SocketError.Operation, from start: Timestamp, _ error: any Error
    ) -> SocketError {
        let failure = SocketError(operation, from: error, subject: subject)
        recorder.record(call, from: start, local: local, peer: peer, failure: failure)
        return failure
    }
}
