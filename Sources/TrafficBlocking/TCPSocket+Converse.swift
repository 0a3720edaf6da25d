public import SocketEvents
internal import Synchronization

extension TCPSocket {
    /// Sends each message that `next` gives, while a thread of its own receives what the peer says and answers its pings; then
    /// ends as `rules` say, and closes.
    ///
    /// `next` returns nil when there is nothing more to send. It must return soon after the signal that it is given is said:
    /// that is done when the connection has ended.
    ///
    /// - Throws: the first failure, of sending or of receiving; the socket is closed then too.
    public consuming func converse(
        _ rules: ConversationRules = ConversationRules(), dialogue: DialogueRecorder? = nil,
        sending next: (StopSignal) -> [UInt8]?
    ) throws(SocketError) {
        let dialogue = dialogue ?? .silent(beside: recorder)
        let receiving = try Receiving(lend(), rules: rules.dialogue, recorder: dialogue)
        let thread: SystemThread
        do throws(ThreadError) {
            thread = try SystemThread { receiving.run() }
        } catch {
            receiving.abandon()
            throw SocketError(.socket, errno: error.errno, subject: "")
        }
        do throws(SocketError) {
            try say(rules, receiving, recorder: dialogue, next)
        } catch {
            receiving.note(error)
            receiving.stop()
        }
        thread.join()
        close()
        if let failure = receiving.failure { throw failure }
    }

    /// The sending half of a conversation.
    private func say(
        _ rules: ConversationRules, _ receiving: Receiving, recorder: DialogueRecorder,
        _ next: (StopSignal) -> [UInt8]?
    ) throws(SocketError) {
        var lines = LineCutter(limit: rules.dialogue.lineLimit)
        while let message = next(receiving.ended) {
            receiving.outbox.add(message, isAnswer: false)
            while try !receiving.outbox.flush(through: self) {
                guard descriptor.wait(for: .room, or: receiving.ended) == .room else { return }
            }
            if rules.showsSentLines { lines.take(message[...]) { record(.sent($0), recorder) } }
        }
        if rules.showsSentLines, let line = lines.finish() { record(.sent(line), recorder) }
        if descriptor.isConnecting { _ = descriptor.wait(for: .room, or: receiving.ended) }
        guard !receiving.ended.isStopped else { return }
        switch rules.ending {
        case .inOrder:
            while try !receiving.outbox.flush(through: self, ending: true) {
                guard descriptor.wait(for: .room, or: receiving.ended) == .room else { return }
            }
            receiving.ourEnd.stop()
        case .atOnce: receiving.stop()
        }
    }

    /// The receiving half of a conversation, shared by its two threads.
    private final class Receiving: Sendable {
        let outbox = Outbox()
        /// Said when the connection has ended: there is nobody to send to.
        let ended: StopSignal
        /// Said when our half has ended.
        let ourEnd: StopSignal
        private let lent: Handover<TCPSocket>
        private let firstFailure = Mutex<SocketError?>(nil)
        private let rules: LineDialogue.Rules
        private let recorder: DialogueRecorder

        init(
            _ socket: consuming TCPSocket, rules: LineDialogue.Rules, recorder: DialogueRecorder
        ) throws(SocketError) {
            do throws(SocketError) {
                ended = try StopSignal()
                ourEnd = try StopSignal()
            } catch {
                socket.endLending()
                throw error
            }
            lent = Handover(socket)
            self.rules = rules
            self.recorder = recorder
        }

        /// Receives until the peer's half ends, or the connection does.
        func run() {
            guard let socket = lent.take() else { return }
            var dialogue = LineDialogue(rules, startingAt: MonotonicClock.nanoseconds)
            do throws(SocketError) {
                try socket.hold(&dialogue, outbox, recorder: recorder, stop: ended, ourEnd: ourEnd)
            } catch {
                note(error)
                ended.stop()
            }
            socket.endLending()
        }

        /// Ends the receiving, from the sending thread.
        func stop() {
            ended.stop()
            ourEnd.stop()
        }

        /// Gives the lent socket back where no thread will.
        func abandon() { lent.take()?.endLending() }

        func note(_ error: SocketError) { firstFailure.withLock { $0 = $0 ?? error } }

        var failure: SocketError? { firstFailure.withLock { $0 } }
    }
}
