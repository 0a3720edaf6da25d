internal import NIOCore
internal import PacketDecode
internal import SocketEvents
internal import Synchronization

/// A dialogue that tasks share: one receives, one watches the time, and one may say things of its own.
final class AsyncDialogue: Sendable {
    let connection: AsyncTCPConnection
    private let dialogue: Mutex<LineDialogue>
    private let recorder: DialogueRecorder

    init(_ connection: AsyncTCPConnection, _ rules: LineDialogue.Rules, recorder: DialogueRecorder) {
        self.connection = connection
        self.recorder = recorder
        dialogue = Mutex(LineDialogue(rules, startingAt: MonotonicClock.nanoseconds))
    }

    func record(_ happening: DialogueEvent.Happening) { connection.record(happening, recorder) }

    /// Receives and answers until the peer ends its half, or the task is cancelled.
    func receiveAll(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws(SocketError) {
        let hasEnded = try await connection.receiveAll(inbound) { octets async throws(SocketError) in
            try await act(on: dialogue.withLock { $0.receive(octets[...], at: MonotonicClock.nanoseconds) })
        }
        guard hasEnded else { return }
        try await act(on: dialogue.withLock { $0.endOfPeersHalf(at: MonotonicClock.nanoseconds) })
    }

    private func act(on outcome: LineDialogue.Outcome) async throws(SocketError) {
        for line in outcome.lines { record(.received(line)) }
        for ping in outcome.pings { record(.ping(ping)) }
        try await connection.send(outcome.answer)
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

    /// Our half has ended.
    func endOfOurHalf() { dialogue.withLock { $0.endOfOurHalf(at: MonotonicClock.nanoseconds) } }

    private func isWorthGoingOn() async throws(SocketError) -> Bool {
        let (due, rules) = dialogue.withLock { ($0.advance(to: MonotonicClock.nanoseconds), $0.rules) }
        switch due {
        case .nothing: return true
        case .ask(let number):
            record(.ping(.asked(number)))
            // Not waited for: a peer that does not read must not keep us from judging it.
            connection.startSending(PingLine.ping(number).octets)
            return true
        case .idle:
            record(.service(.idle(rules.idleTimeout ?? 0)))
            return false
        case .graceOver:
            record(.service(.graceOver(rules.grace ?? 0)))
            return false
        case .judge:
            let isAcknowledged = await connection.isAllAcknowledged()
            let verdict = dialogue.withLock {
                $0.judge(at: MonotonicClock.nanoseconds, isAcknowledged: isAcknowledged)
            }
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
