internal import Dispatch
internal import SocketEvents
internal import Synchronization
internal import TrafficBlocking

/// A TCP server for one client, whose connection a script may make lossy by a filter on its descriptor.
final class LossyServer: Sendable {
    private struct State {
        var descriptor: Int32?
        var failure: SocketError?
    }

    private let listener: TCPListener
    private let state = Mutex(State())
    private let accepted = DispatchSemaphore(value: 0)
    /// Signalled with each octet count that was received.
    private let progress = DispatchSemaphore(value: 0)
    private let receivedOctets = Mutex(0)
    private static let patience = DispatchTimeInterval.seconds(5)

    init(on addresses: [SocketAddress], recorder: SocketEventRecorder) throws(SocketError) {
        listener = try TCPListener(on: addresses, recorder: recorder)
    }

    /// Accepts one client and receives until it ends its half; then closes.
    func serve() {
        do throws(SocketError) {
            guard let connection = try listener.accept() else { return }
            state.withLock { $0.descriptor = connection.descriptor.rawValue }
            accepted.signal()
            while let octets = try connection.receive(), !octets.isEmpty {
                receivedOctets.withLock { $0 += octets.count }
                progress.signal()
            }
            state.withLock { $0.descriptor = nil }
            connection.close()
        } catch {
            state.withLock { $0.failure = error }
        }
        // Whoever waits looks again.
        accepted.signal()
        progress.signal()
    }

    /// The descriptor of the accepted connection, for a filter; it is open until the client ends its half.
    func acceptedDescriptor() throws -> Int32 {
        if let descriptor = state.withLock({ $0.descriptor }) { return descriptor }
        _ = accepted.wait(timeout: .now() + Self.patience)
        try check()
        guard let descriptor = state.withLock({ $0.descriptor }) else { throw LessonError.notSeen("a client") }
        return descriptor
    }

    /// Waits until `count` more octets have been received.
    func awaitOctets(_ count: Int) throws {
        while receivedOctets.withLock({ $0 }) < count {
            guard progress.wait(timeout: .now() + Self.patience) == .success else {
                throw LessonError.notSeen("\(count) octets at the server")
            }
            try check()
        }
        receivedOctets.withLock { $0 -= count }
    }

    /// - Throws: what ended the service, if something did.
    func check() throws(SocketError) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}
