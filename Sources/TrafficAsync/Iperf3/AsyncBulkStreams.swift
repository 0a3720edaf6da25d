internal import NIOCore
internal import NIOPosix
internal import SocketEvents
internal import Synchronization

/// The SwiftNIO channels of a transfer's streams.
final class AsyncBulkStreams: Sendable {
    let transfer: BulkTransfer
    private let channels = Mutex<[any Channel]>([])

    /// Octets that one read of a channel may bring: two of iperf3's blocks.
    private static let readLength = 256 << 10

    init(_ transfer: BulkTransfer) { self.transfer = transfer }

    /// Moves octets on `stream`, from when the transfer begins until it ends, on an event loop.
    func run(_ stream: BulkStream) async {
        let group = MultiThreadedEventLoopGroup.singleton
        let (transfer, ended) = (transfer, group.next().makePromise(of: Void.self))
        do {
            // SwiftNIO closes what it is given; the stream's own descriptor stays.
            let descriptor = try stream.descriptor.duplicate().release()
            let channel = try await ClientBootstrap(group: ended.futureResult.eventLoop)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.readLength))
                .channelOption(.maxMessagesPerRead, value: 16)
                .channelOption(
                    .writeBufferWaterMark,
                    value: .init(low: transfer.blockLength, high: 4 * transfer.blockLength)
                )
                .withConnectedSocket(descriptor) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if transfer.isSender {
                            try pipeline.addHandler(BulkSender(transfer, stream, ended: ended))
                        } else {
                            try pipeline.addHandler(BulkReceiver(transfer, stream, ended: ended))
                        }
                        return channel
                    }
                }
            channels.withLock { $0.append(channel) }
            // What was said before the channel was there is seen now.
            await Readiness.wait(for: .readable, on: transfer.started.descriptor)
            tell(channel)
            try await ended.futureResult.get()
            channel.close(promise: nil)
            transfer.streamEnded()
        } catch {
            ended.fail(error)
            let operation: SocketError.Operation = transfer.isSender ? .send : .receive
            transfer.streamEnded(failure: SocketError(operation, from: error, subject: "\(stream.peer)"))
        }
    }

    /// Ends the transfer, and has the channels look.
    func end() {
        transfer.end()
        channels.withLock { $0 }.forEach(tell)
    }

    private func tell(_ channel: any Channel) {
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(BulkTransferChanged()) }
    }
}
