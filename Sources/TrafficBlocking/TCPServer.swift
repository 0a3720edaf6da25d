internal import Dispatch
internal import Glibc
public import PacketDecode
public import SocketEvents

/// Serves any number of TCP clients at once, a thread for each, and outlives their errors.
public final class TCPServer: Sendable {
    /// Where it listens.
    public let local: Endpoint
    private let listener: Handover<TCPListener>
    private let stopSignal: StopSignal
    private let connections = DispatchGroup()

    /// Listens on the first of `addresses` that can be bound; `run()` then serves.
    public init(
        on addresses: [SocketAddress], filter: SocketFilter? = nil, recorder: SocketEventRecorder
    ) throws(SocketError) {
        stopSignal = try StopSignal()
        let listener = try TCPListener(on: addresses, filter: filter, recorder: recorder)
        local = listener.local
        self.listener = Handover(listener)
    }

    /// Accepts and serves until `stop()`, then closes the listening socket; returns when the last connection's thread has ended.
    /// It does so once: called again it returns at once.
    ///
    /// A lack of descriptors or memory is recorded once, waited out, and does not end the service.
    ///
    /// - Throws: `SocketError` where the listening socket itself is broken.
    public func run(
        serving serve: @escaping @Sendable (borrowing TCPSocket, StopSignal) -> Void = TCPServer.receiveAll
    ) throws(SocketError) {
        guard let listener = listener.take() else { return }
        var known: Int32?
        var broken: SocketError?
        accepting: while true {
            do throws(SocketError) {
                guard let socket = try listener.accept(stop: stopSignal, butNotRecording: known) else { break }
                known = nil
                start(socket, serve)
            } catch {
                known = error.errno
                switch error.errno {
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: stopSignal.wait(nanoseconds: Self.pauseWithoutResources)
                case EBADF, EINVAL, ENOTSOCK, EFAULT, EOPNOTSUPP:
                    broken = error
                    break accepting
                default: break  // The client has gone: its network's errors come out of accept(2).
                }
            }
        }
        listener.close()
        if broken != nil { stopSignal.stop() }
        connections.wait()
        if let broken { throw broken }
    }

    /// Ends `run()`. Safe from any thread.
    public func stop() { stopSignal.stop() }

    /// Receives until the client's half ends, an error ends the connection, or the server stops.
    public static let receiveAll: @Sendable (borrowing TCPSocket, StopSignal) -> Void = { socket, stop in
        do throws(SocketError) {
            while let octets = try socket.receive(stop: stop), !octets.isEmpty {}
        } catch {
            // It is recorded, and concerns this client alone.
        }
    }

    private func start(
        _ socket: consuming TCPSocket, _ serve: @escaping @Sendable (borrowing TCPSocket, StopSignal) -> Void
    ) {
        let handover = Handover(socket)
        let (connections, stopSignal) = (connections, stopSignal)
        connections.enter()
        do throws(ThreadError) {
            _ = try SystemThread {
                if let socket = handover.take() {
                    serve(socket, stopSignal)
                    socket.close()
                }
                connections.leave()
            }
        } catch {
            // Without a thread there is no service: the client is told by a close.
            handover.take()?.close()
            connections.leave()
        }
    }

    /// Nanoseconds until accepting is tried again where the process lacks descriptors or memory.
    private static let pauseWithoutResources: Int64 = 100_000_000
}
