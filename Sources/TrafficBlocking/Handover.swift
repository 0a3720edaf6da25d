internal import Synchronization

/// Hands a socket to another thread: a closure that escapes may not consume what it captures.
final class Handover: Sendable {
    private let socket: Mutex<TCPSocket?>

    init(_ socket: consuming TCPSocket) { self.socket = Mutex(socket) }

    /// The socket, once; nil from then on.
    func take() -> TCPSocket? { socket.withLock { $0.take() } }
}
