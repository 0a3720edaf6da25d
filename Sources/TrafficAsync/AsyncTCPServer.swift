internal import NIOCore
internal import NIOPosix
public import PacketDecode
public import SocketEvents

/// Serves any number of TCP clients at once over SwiftNIO, a task for each, and outlives their errors.
public struct AsyncTCPServer: Sendable {
    /// Where it listens, with the port that the kernel chose where zero was asked.
    public let local: Endpoint
    private let channel: NIOAsyncChannel<AsyncTCPConnection.Channel, Never>
    private let recorder: SocketEventRecorder

    /// Listens on the first of `addresses` that can be bound; `run()` then serves. `filter` is attached before, so that
    /// accepted connections have it from their first segment on.
    public init(
        on addresses: [SocketEvents.SocketAddress], filter: SocketFilter? = nil, recorder: SocketEventRecorder
    ) async throws(SocketError) {
        let descriptor = try SocketDescriptor(
            boundFor: .stream, to: addresses, filter: filter, nonBlocking: true, recorder: recorder)
        let local = try descriptor.recordedListen(recorder: recorder)
        let number = descriptor.release()
        do {
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            AcceptFailureObserver(local: local, recorder: recorder))
                    }
                }
                .bind(number, childChannelInitializer: AsyncTCPConnection.wrap)
        } catch {
            throw SocketError(.listen, from: error, subject: "\(local)")
        }
        self.local = local
        self.recorder = recorder
    }

    /// Accepts and serves until the task is cancelled; returns when the last connection's task has ended.
    ///
    /// - Throws: `SocketError` where the listening socket itself is broken.
    public func run() async throws(SocketError) {
        var start = Timestamp.now
        do {
            try await channel.executeThenClose { clients in
                defer { start = .now }
                await withDiscardingTaskGroup { group in
                    var iterator = clients.makeAsyncIterator()
                    var accepting = Timestamp.now
                    while let client = try? await iterator.next() {
                        let connection = AsyncTCPConnection(client, peer: nil, recorder: recorder)
                        recorder.record(
                            .accept, from: accepting, local: connection.local, peer: connection.peer)
                        group.addTask { await Self.serve(connection) }
                        accepting = .now
                    }
                }
            }
        } catch {
            throw SocketError(.accept, from: error, subject: "\(local)")
        }
        recorder.record(.close, from: start, local: local)
    }

    /// Receives from one client until its half ends. Its errors are recorded, and concern it alone.
    private static func serve(_ connection: AsyncTCPConnection) async {
        do throws(SocketError) {
            try await connection.thenClose { inbound async throws(SocketError) in
                try await connection.receiveAll(inbound)
            }
        } catch {}
    }
}
