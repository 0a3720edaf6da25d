internal import NIOCore
internal import SocketEvents

/// Tells a stream's handler that the transfer may begin, or is over: it looks at the transfer for which.
struct BulkTransferChanged: Sendable {}

/// Counts what a stream's channel receives, until the transfer is over or the peer ends.
///
/// Octets are counted on the event loop, as they come: a hop to a task for each buffer would be the most that it costs.
final class BulkReceiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let transfer: BulkTransfer
    private let stream: BulkStream
    private let ended: EventLoopPromise<Void>
    private var hasEnded = false

    init(_ transfer: BulkTransfer, _ stream: BulkStream, ended: EventLoopPromise<Void>) {
        self.transfer = transfer
        self.stream = stream
        self.ended = ended
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        if !hasEnded, !transfer.take(count, on: stream) { end() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: end()
        case is BulkTransferChanged where transfer.hasEnded && !transfer.drainsAtEnd: end()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { end() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !hasEnded else { return }
        hasEnded = true
        ended.fail(error)
    }

    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        ended.succeed()
    }
}
