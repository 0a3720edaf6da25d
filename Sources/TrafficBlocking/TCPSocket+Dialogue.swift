internal import PacketDecode
internal import SocketEvents

extension TCPSocket {
    /// Holds a conversation on this thread until the peer ends its half, the dialogue's time is over, or `stop` is said. What
    /// is to be answered leaves through `outbox`.
    ///
    /// `ourEnd` is said when another thread has ended our half; from then on `stop` is waited for in its place, so that who says
    /// `stop` before must say `ourEnd` too.
    ///
    /// - Throws: what ended the connection, a ping without an answer among it.
    func hold(
        _ dialogue: inout LineDialogue, _ outbox: Outbox, recorder: DialogueRecorder, stop: StopSignal,
        ourEnd: StopSignal? = nil
    ) throws(SocketError) {
        var ourEnd = ourEnd
        while true {
            var wanted: Wakeup = outbox.isFullOfAnswers ? [] : .input
            if !outbox.isEmpty { wanted.insert(.room) }
            let wakeup = descriptor.wait(for: wanted, or: ourEnd ?? stop, until: dialogue.nextWake)
            if wakeup.contains(.signal) {
                guard ourEnd != nil, !stop.isStopped else { return }
                ourEnd = nil
                dialogue.endOfOurHalf(at: MonotonicClock.nanoseconds)
            }
            if wakeup.contains(.input) {
                guard let octets = try receive() else { return }
                let now = MonotonicClock.nanoseconds
                let outcome =
                    octets.isEmpty ? dialogue.endOfPeersHalf(at: now) : dialogue.receive(octets[...], at: now)
                for line in outcome.lines { record(.received(line), recorder) }
                for ping in outcome.pings { record(.ping(ping), recorder) }
                outbox.add(outcome.answer, isAnswer: true)
                if octets.isEmpty { return try finishSending(outbox, stop: stop, until: dialogue.idleDeadline) }
            }
            guard try isWorthGoingOn(&dialogue, outbox, recorder) else { return }
            _ = try outbox.flush(through: self)
        }
    }

    /// Does what is due; false where the conversation is over by it.
    private func isWorthGoingOn(
        _ dialogue: inout LineDialogue, _ outbox: Outbox, _ recorder: DialogueRecorder
    ) throws(SocketError) -> Bool {
        switch dialogue.advance(to: MonotonicClock.nanoseconds) {
        case .nothing: return true
        case .ask(let number):
            outbox.add(PingLine.ping(number).octets, isAnswer: false)
            record(.ping(.asked(number)), recorder)
            return true
        case .idle:
            record(.service(.idle(dialogue.rules.idleTimeout ?? 0)), recorder)
            return false
        case .graceOver:
            record(.service(.graceOver(dialogue.rules.grace ?? 0)), recorder)
            return false
        case .judge:
            let acknowledgments = PingMachine.Acknowledgments(try kernelSample().info, isEmpty: outbox.isEmpty)
            switch dialogue.judge(at: MonotonicClock.nanoseconds, acknowledgments) {
            case .alive: return true
            case .knowsNoPings(let number):
                record(.ping(.notUnderstood(number)), recorder)
                return true
            case .gone(let silence):
                record(.ping(.unanswered(silence)), recorder)
                throw SocketError(operation: .receive, cause: .unanswered(silence), subject: "\(peer)")
            }
        }
    }

    /// The peer listens on after its own end: gives it what is still to be answered.
    private func finishSending(_ outbox: Outbox, stop: StopSignal, until deadline: Int64?) throws(SocketError) {
        while try !outbox.flush(through: self) {
            guard descriptor.wait(for: .room, or: stop, until: deadline) == .room else { return }
        }
    }

    func record(_ happening: DialogueEvent.Happening, _ recorder: DialogueRecorder) {
        recorder.record(happening, local: local, peer: peer)
    }

    /// Tells a client for whom there is no place so, and closes, without ever waiting for it.
    consuming func refuse(clients: Int, recorder: DialogueRecorder) {
        do throws(SocketError) {
            // A fresh connection has room for it.
            _ = try sendWithoutWaiting(TCPServerRules.refusal(clients: clients)[...])
            try shutdownSending()
        } catch {
            // It has gone already, and that is recorded.
        }
        descriptor.discardInput(atMost: 65536)
        record(.service(.refused(clients: clients)), recorder)
        close()
    }
}
