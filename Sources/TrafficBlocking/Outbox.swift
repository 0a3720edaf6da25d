internal import SocketEvents
internal import Synchronization

/// Octets on their way out of one socket, from two threads: what one says and what the other answers.
///
/// A message is never cut by another, for all leave in one queue. The lock is never held while a thread waits: the thread
/// that receives must not wait for room, or two peers that both have much to say would wait for each other for ever.
final class Outbox: Sendable {
    private struct State {
        /// The messages in turn; the first may have left in part.
        var messages: [ArraySlice<UInt8>] = []
        var octets = 0
    }

    private let state = Mutex(State())

    /// Octets from which on `isFull` asks not to receive what would be answered.
    private static let fullness = 65536

    var isEmpty: Bool { state.withLock { $0.octets == 0 } }

    /// Whether a peer that does not read has to wait before it is heard again.
    var isFull: Bool { state.withLock { $0.octets >= Self.fullness } }

    func add(_ octets: [UInt8]) {
        guard !octets.isEmpty else { return }
        state.withLock { state in
            state.messages.append(octets[...])
            state.octets += octets.count
        }
    }

    /// Sends what the kernel takes now; true where nothing is left.
    func flush(through socket: borrowing TCPSocket) throws(SocketError) -> Bool {
        try state.withLock { state throws(SocketError) in
            var done = 0
            defer { state.messages.removeFirst(done) }
            while done < state.messages.count {
                guard let count = try socket.sendWithoutWaiting(state.messages[done]) else { return false }
                state.octets -= count
                state.messages[done].removeFirst(count)
                if state.messages[done].isEmpty { done += 1 }
            }
            return true
        }
    }
}
