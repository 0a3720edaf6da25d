import PacketDecode
import SocketEvents
import Synchronization
import TrafficAsync
import TrafficBlocking

/// One UDP socket for two threads, of which one sends and one receives. The kernel takes calls of both at once.
final class SharedSocket: Sendable {
    let socket: UDPSocket

    init(_ socket: consuming UDPSocket) { self.socket = socket }

    /// Records the end. The descriptor is closed when the last thread lets go of it.
    func close() { socket.base.recordClose() }
}

/// A thread that receives on a socket that another one sends from, and shows what comes.
final class DuplexThread: Sendable {
    private let stop: StopSignal
    private let thread: Mutex<SystemThread?>
    private let failure = FirstFailure()

    init(on socket: SharedSocket) throws(SocketError) {
        let stop = try StopSignal()
        self.stop = stop
        let failure = failure
        do throws(ThreadError) {
            let thread = try SystemThread {
                failure.keep { () throws(SocketError) in
                    var batch = try ReceiveBatch(bufferSize: DuplexBuffer.size)
                    var start = Timestamp.now
                    while try socket.socket.receive(into: &batch, stop: stop) {
                        for index in 0..<batch.count {
                            socket.socket.base.recordReceive(index, of: batch, from: start)
                        }
                        start = .now
                    }
                }
            }
            self.thread = Mutex(thread)
        } catch {
            throw SocketError(.receive, errno: error.errno, subject: "\(socket.socket.local)")
        }
    }

    /// Ends the thread.
    ///
    /// - Throws: what ended it before.
    func end() throws(SocketError) {
        stop.stop()
        thread.withLock { $0.take() }?.join()
        try failure.check()
    }
}

/// One asynchronous UDP socket for two tasks.
final class SharedAsyncSocket: Sendable {
    let socket: AsyncUDPSocket

    init(_ socket: consuming AsyncUDPSocket) { self.socket = socket }

    /// Records the end. The descriptor is closed when the last task lets go of it.
    func close() { socket.base.recordClose() }
}

/// A task that receives on a socket that another one sends from, and shows what comes.
struct DuplexTask: Sendable {
    private let task: Task<Void, Never>
    private let failure = FirstFailure()

    init(on socket: SharedAsyncSocket) {
        let failure = failure
        task = Task {
            do throws(SocketError) {
                var batch = try ReceiveBatch(bufferSize: DuplexBuffer.size)
                var start = Timestamp.now
                while try await socket.socket.receive(into: &batch) {
                    for index in 0..<batch.count {
                        socket.socket.base.recordReceive(index, of: batch, from: start)
                    }
                    start = .now
                }
            } catch {
                failure.set(error)
            }
        }
    }

    /// Ends the task.
    ///
    /// - Throws: what ended it before.
    func end() async throws(SocketError) {
        task.cancel()
        await task.value
        try failure.check()
    }
}

private enum DuplexBuffer {
    /// What any datagram fits.
    static let size = 65536
}

/// What ended a thread or a task, for the one that waits for it.
private final class FirstFailure: Sendable {
    private let failure = Mutex<SocketError?>(nil)

    func set(_ error: SocketError) { failure.withLock { $0 = $0 ?? error } }

    func keep(_ body: () throws(SocketError) -> Void) {
        do throws(SocketError) {
            try body()
        } catch {
            set(error)
        }
    }

    func check() throws(SocketError) {
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
