internal import Dispatch
internal import SocketEvents
internal import Synchronization
internal import Timeline
internal import TrafficAsync
internal import TrafficBlocking

/// A server on host B that reads what its clients send until each has ended.
final class StageService: Sendable {
    private let ending: @Sendable () throws -> Void

    fileprivate init(_ ending: @escaping @Sendable () throws -> Void) { self.ending = ending }

    /// Waits for what is left to do, and ends it.
    func end() throws { try ending() }
}

extension LinkStage {
    /// Serves `count` clients on host B from one thread that blocks: the next when the one before has ended.
    func serveOneByOne(port: UInt16, clients count: Int) throws -> StageService {
        let isListening = DispatchSemaphore(value: 0)
        let address = [address(of: .b, port: port)]
        let recorder = recorder(.server)
        let part = try start(on: .b) {
            defer { isListening.signal() }
            let listener = try TCPListener(on: address, recorder: recorder)
            isListening.signal()
            for _ in 0..<count {
                guard let connection = try listener.accept() else { break }
                while let octets = try connection.receive(), !octets.isEmpty {}
                connection.close()
            }
            listener.close()
        }
        isListening.wait()
        return StageService { try part.wait() }
    }

    /// Serves `count` clients on host B with a thread for each, which blocks.
    func serveOnThreads(port: UInt16, clients count: Int) throws -> StageService {
        let part = try serve(port: port, clients: count) { connection in
            while let octets = try connection.receive(), !octets.isEmpty {}
        }
        return StageService { try part.wait() }
    }

    /// Serves any number of clients on host B with tasks, on SwiftNIO's threads.
    func serveWithTasks(port: UInt16) throws -> StageService {
        let address = [address(of: .b, port: port)]
        let recorder = recorder(.server, manner: .async)
        let made = Mutex<AsyncTCPServer?>(nil)
        // A socket belongs to the host whose thread opens it, and those that it accepts are of the same host.
        try start(on: .b) {
            let server = try AsyncTCPServer(on: address, recorder: recorder)
            made.withLock { $0 = server }
        }.wait()
        guard let server = made.withLock({ $0 }) else { throw LessonError.notSeen("an async server") }
        let part = StagePart()
        let task = Task {
            do throws(SocketError) {
                try await server.run()
                part.end(.success(()))
            } catch {
                part.end(.failure(error))
            }
        }
        return StageService {
            task.cancel()
            try part.wait()
        }
    }
}
