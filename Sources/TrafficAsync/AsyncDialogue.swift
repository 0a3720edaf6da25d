internal import NIOCore
internal import PacketDecode
internal import SocketEvents
internal import Synchronization

/// A dialogue that tasks share: one receives, one watches the time, and one may say things of its own.
final class AsyncDialogue: Sendable {
    let connection: AsyncTCPConnection
    private let dialogue: Mutex<LineDialogue>
    private let recorder: DialogueRecorder
    private let unsent = Mutex(UnsentAnswers())

    /// Answers that SwiftNIO was given and the kernel has not taken yet.
    private struct UnsentAnswers {
        var octets = 0
        /// Of the last of them.
        var sending: EventLoopFuture<Void>?

        /// Octets from which on nothing is received that would be answered.
        static let fullness = 65536
    }

    init(_ connection: AsyncTCPConnection, _ rules: LineDialogue.Rules, recorder: DialogueRecorder) {
        self.connection = connection
        self.recorder = recorder
        dialogue = Mutex(LineDialogue(rules, startingAt: MonotonicClock.nanoseconds))
    }

    func record(_ happening: DialogueEvent.Happening) { connection.record(happening, recorder) }

    /// Receives and answers until the peer ends its half, or the task is cancelled.
    func receiveAll(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws(SocketError) {
        let hasEnded = try await connection.receiveAll(inbound) { octets async throws(SocketError) in
            try await act { $0.receive(octets[...], at: MonotonicClock.nanoseconds) }
        }
        guard hasEnded else { return }
        try await act { $0.endOfPeersHalf(at: MonotonicClock.nanoseconds) }
        // Closing would throw away what has not left.
        if let sending = unsent.withLock({ $0.sending }) { try await connection.waitUntilDone(sending) }
    }

    /// An answer waits for room as little as it can: our own messages may stand before it, and the peer may read them only
    /// when we have read its. A peer that asks and does not read has to wait, though, before it is heard again.
    private func act(on step: (inout LineDialogue) -> LineDialogue.Outcome) async throws(SocketError) {
        let (count, sending) = dialogue.withLock { dialogue -> (Int, EventLoopFuture<Void>?) in
            let outcome = step(&dialogue)
            for line in outcome.lines { record(.received(line)) }
            for ping in outcome.pings { record(.ping(ping)) }
            // Under the lock: where our half ends at the same moment, what is answered leaves before.
            return (outcome.answer.count, outcome.answer.isEmpty ? nil : connection.startSending(outcome.answer))
        }
        guard let sending else { return }
        let isFull = unsent.withLock { unsent in
            unsent.octets += count
            unsent.sending = sending
            return unsent.octets >= UnsentAnswers.fullness
        }
        sending.whenSuccess { self.unsent.withLock { $0.octets -= count } }
        if isFull { try await connection.waitUntilDone(sending) }
    }

    /// Listens and answers until the peer ends its half, the dialogue's time is over, or the task is cancelled.
    func hold(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws(SocketError) {
        // Most servers watch no time; a task less for each of ten thousand clients is memory.
        guard dialogue.withLock({ $0.nextWake }) != nil else { return try await receiveAll(inbound) }
        let failure: SocketError? = await withTaskGroup(of: (isOver: Bool, failure: SocketError?).self) { group in
            group.addTask {
                (true, await errorThrown { () async throws(SocketError) in try await self.receiveAll(inbound) })
            }
            group.addTask {
                do throws(SocketError) {
                    return (try await self.watchTime(), nil)
                } catch {
                    return (true, error)
                }
            }
            for await part in group where part.isOver {
                group.cancelAll()
                return part.failure
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// Does what is due whenever its time comes. True where the conversation is over by it, false where nothing can come due
    /// any more, or the task is cancelled.
    ///
    /// - Throws: `SocketError` where the peer has answered no ping for too long.
    func watchTime() async throws(SocketError) -> Bool {
        while let wake = dialogue.withLock({ $0.nextWake }), !Task.isCancelled {
            let left = wake - MonotonicClock.nanoseconds
            if left > 0 {
                try? await Task.sleep(for: .nanoseconds(left))
            } else if try await !isWorthGoingOn() {
                return true
            }
        }
        return false
    }

    /// Our half ends.
    func endOfOurHalf() { dialogue.withLock { $0.endOfOurHalf(at: MonotonicClock.nanoseconds) } }

    private func isWorthGoingOn() async throws(SocketError) -> Bool {
        let (due, rules) = dialogue.withLock { ($0.advance(to: MonotonicClock.nanoseconds), $0.rules) }
        switch due {
        case .nothing: return true
        case .ask(let number):
            record(.ping(.asked(number)))
            // Not waited for: a peer that does not read must not keep us from judging it. A failure shows when something is
            // received.
            _ = connection.startSending(PingLine.ping(number).octets)
            return true
        case .idle:
            record(.service(.idle(rules.idleTimeout ?? 0)))
            return false
        case .graceOver:
            record(.service(.graceOver(rules.grace ?? 0)))
            return false
        case .judge:
            let acknowledgments = await connection.acknowledgments()
            let verdict = dialogue.withLock { $0.judge(at: MonotonicClock.nanoseconds, acknowledgments) }
            switch verdict {
            case .alive: return true
            case .knowsNoPings(let number):
                record(.ping(.notUnderstood(number)))
                return true
            case .gone(let silence):
                record(.ping(.unanswered(silence)))
                let peer = connection.peer.map { "\($0)" } ?? ""
                throw SocketError(operation: .receive, cause: .unanswered(silence), subject: peer)
            }
        }
    }
}

/// The error that `body` throws; nil where it returns.
func errorThrown(by body: () async throws(SocketError) -> Void) async -> SocketError? {
    do throws(SocketError) {
        try await body()
        return nil
    } catch {
        return error
    }
}
