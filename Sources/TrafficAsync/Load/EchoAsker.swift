internal import NIOCore
internal import SocketEvents
internal import Synchronization

/// What the askers of a load share: what they ask, and how long answers took.
final class EchoLedger: Sendable {
    let question: ByteBuffer
    private let state = Mutex(State())
    private let open = Atomic(0)

    private struct State {
        var isCounting = false
        var isEndless = false
        var latencies = LatencyHistogram()
    }

    init(size: Int) {
        let letters = (0..<max(1, size) - 1).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        question = ByteBuffer(bytes: letters + [UInt8(ascii: "\n")])
    }

    /// Begins to count; where it is `endless` each answer is followed by the next question.
    func begin(endless: Bool = true) {
        state.withLock { $0 = State(isCounting: true, isEndless: endless) }
    }

    /// Ends counting, and returns what was counted.
    func end() -> LatencyHistogram {
        state.withLock { state in
            defer { state = State() }
            return state.latencies
        }
    }

    /// Counts an answer; returns whether the next question is to follow.
    func answered(after nanoseconds: Int64) -> Bool {
        state.withLock { state in
            if state.isCounting { state.latencies.record(nanoseconds: nanoseconds) }
            return state.isEndless
        }
    }

    /// Questions that wait for their answers.
    var outstanding: Int { open.load(ordering: .relaxed) }

    func change(outstanding change: Int) { open.wrappingAdd(change, ordering: .relaxed) }
}

/// One connection that asks, and counts what comes back.
final class EchoAsker: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Tells a connection to ask.
    struct Ask: Sendable {}

    private let ledger: EchoLedger
    /// Octets of the answer that have not come; zero where nothing was asked.
    private var missing = 0
    private var asked: Int64 = 0

    init(_ ledger: EchoLedger) { self.ledger = ledger }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is Ask, missing == 0 { ask(context) } else { context.fireUserInboundEventTriggered(event) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What nobody asked for is a server's refusal; its close follows.
        guard missing > 0 else { return }
        missing -= min(missing, unwrapInboundIn(data).readableBytes)
        guard missing == 0 else { return }
        ledger.change(outstanding: -1)
        if ledger.answered(after: MonotonicClock.nanoseconds - asked) { ask(context) }
    }

    func channelInactive(context: ChannelHandlerContext) { giveUp() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func ask(_ context: ChannelHandlerContext) {
        missing = ledger.question.readableBytes
        ledger.change(outstanding: 1)
        asked = MonotonicClock.nanoseconds
        context.writeAndFlush(wrapOutboundOut(ledger.question), promise: nil)
    }

    private func giveUp() {
        if missing > 0 { ledger.change(outstanding: -1) }
        missing = 0
    }
}
