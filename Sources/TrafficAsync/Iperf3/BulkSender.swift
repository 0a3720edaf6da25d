internal import NIOCore
internal import SocketEvents

/// Keeps a stream's channel supplied with blocks, as long as it is writable and the transfer lasts.
final class BulkSender: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let transfer: BulkTransfer
    private let stream: BulkStream
    private let block: ByteBuffer
    private let ended: EventLoopPromise<Void>
    /// Blocks that the kernel has not all taken.
    private var outstanding = 0
    private var isExhausted = false
    private var pace: SendPace
    /// The next time at which blocks are supplied; nil where that waits for something else.
    private var scheduled: Scheduled<Void>?
    private var hasEnded = false

    /// Blocks that are written before others of the event loop have their turn.
    private static let turn = 32
    /// Blocks that one writev(2) is given.
    private static let batch = 4

    init(_ transfer: BulkTransfer, _ stream: BulkStream, ended: EventLoopPromise<Void>) {
        self.transfer = transfer
        self.stream = stream
        self.ended = ended
        block = ByteBuffer(bytes: transfer.contentBlock)
        pace = transfer.pace
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is BulkTransferChanged else { return context.fireUserInboundEventTriggered(event) }
        scheduled?.cancel()
        scheduled = nil
        supply(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { supply(context) }

    func channelInactive(context: ChannelHandlerContext) { end(nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(error) }

    private func supply(_ context: ChannelHandlerContext) {
        guard scheduled == nil, !hasEnded else { return }
        var written = 0
        var resumption = NIODeadline.now()
        supplying: while context.channel.isWritable, !isExhausted, written < Self.turn {
            for _ in 0..<Self.batch {
                // The test's end is looked for even where no block is due.
                if !transfer.hasEnded, case .wait(let until) = pace.next(at: MonotonicClock.nanoseconds) {
                    resumption = .now() + .nanoseconds(until - MonotonicClock.nanoseconds)
                    context.flush()
                    break supplying
                }
                let claimed = transfer.claim()
                guard claimed > 0, let content = block.getSlice(at: block.readerIndex, length: claimed) else {
                    isExhausted = true
                    break
                }
                write(content, context)
                pace.didSend(1)
                written += 1
            }
            context.flush()
        }
        if isExhausted {
            if outstanding == 0 { end(nil) }
        } else if context.channel.isWritable {
            // The rest of the turn is others', or there is a wait until a block is due.
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            scheduled = context.eventLoop.scheduleTask(deadline: resumption) {
                let (sender, context) = bound.value
                sender.scheduled = nil
                sender.supply(context)
            }
        }
    }

    private func write(_ content: ByteBuffer, _ context: ChannelHandlerContext) {
        outstanding += 1
        let count = content.readableBytes
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.outstanding -= 1
            switch result {
            case .success: self.stream.count(count)
            case .failure(let error):
                self.transfer.giveBack(count)
                self.end(error)
            }
            if self.isExhausted, self.outstanding == 0 { self.end(nil) }
        }
        context.write(wrapOutboundOut(content), promise: promise)
    }

    private func end(_ error: (any Error)?) {
        guard !hasEnded else { return }
        hasEnded = true
        isExhausted = true
        scheduled?.cancel()
        if let error { ended.fail(error) } else { ended.succeed() }
    }
}
