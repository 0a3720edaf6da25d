internal import SocketEvents
internal import Synchronization

/// Octets on their way out of one socket, from two threads: what one says and what the other answers.
///
/// A message is never cut by another, for all leave in one queue. The lock is never held while a thread waits: the thread
/// that receives must not wait for room, or two peers that both have much to say would wait for each other for ever.
final class Outbox: Sendable {
    private struct Message {
        var octets: ArraySlice<UInt8>
        let isAnswer: Bool
    }

    private struct State {
        /// In turn; the first may have left in part.
        var messages: [Message] = []
        var answerOctets = 0
        /// Whether our half has ended: nothing leaves any more.
        var hasEnded = false
    }

    private let state = Mutex(State())

    /// Octets of answers from which on nothing should be received that would be answered.
    private static let fullness = 65536

    var isEmpty: Bool { state.withLock { $0.messages.isEmpty } }

    /// Whether a peer that asks and does not read has to wait before it is heard again. What we say of our own does not
    /// count: the peer may be waiting for us to read.
    var isFullOfAnswers: Bool { state.withLock { $0.answerOctets >= Self.fullness } }

    func add(_ octets: [UInt8], isAnswer: Bool) {
        guard !octets.isEmpty else { return }
        state.withLock { state in
            guard !state.hasEnded else { return }
            state.messages.append(Message(octets: octets[...], isAnswer: isAnswer))
            if isAnswer { state.answerOctets += octets.count }
        }
    }

    /// Sends what the kernel takes now; true where nothing is left. `ending`: then ends our half too, and what is still added, such
    /// as an answer to what comes at the same moment, is dropped.
    func flush(through socket: borrowing TCPSocket, ending: Bool = false) throws(SocketError) -> Bool {
        try state.withLock { state throws(SocketError) in
            var done = 0
            defer { state.messages.removeFirst(done) }
            while done < state.messages.count {
                guard let count = try socket.sendWithoutWaiting(state.messages[done].octets) else { return false }
                if state.messages[done].isAnswer { state.answerOctets -= count }
                state.messages[done].octets.removeFirst(count)
                if state.messages[done].octets.isEmpty { done += 1 }
            }
            if ending {
                state.hasEnded = true
                try socket.shutdownSending()
            }
            return true
        }
    }
}
