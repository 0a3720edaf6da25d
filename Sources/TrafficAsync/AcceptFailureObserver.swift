internal import NIOCore
internal import PacketDecode
internal import SocketEvents

/// Records why a listening channel could not accept, once for each reason in a row. SwiftNIO's own handler, further on, waits
/// a second and goes on in silence.
final class AcceptFailureObserver: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let local: Endpoint
    private let recorder: SocketEventRecorder
    private var known: Int32?

    init(local: Endpoint, recorder: SocketEventRecorder) {
        self.local = local
        self.recorder = recorder
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        known = nil
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        record(SocketError(.accept, from: error, subject: "\(local)"))
        context.fireErrorCaught(error)
    }

    // Apart from `errorCaught`: in one function they crash the optimiser of Swift 6.3 (CopyPropagation).
    @inline(never)
    private func record(_ failure: SocketError) {
        if failure.errno == nil || failure.errno != known {
            recorder.record(.accept, from: .now, local: local, failure: failure)
        }
        known = failure.errno
    }
}
