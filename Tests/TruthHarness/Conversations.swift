import Dispatch
import Glibc
import Lab
import PacketDecode
import SocketEvents
import Synchronization
import TrafficBlocking

/// Connections that send, and what the kernel counted of each when it was over.
final class Conversations: Sendable {
    /// One end of one connection, by its own address first, and the segments that its kernel sent again.
    struct Count: Sendable {
        let local: Endpoint
        let peer: Endpoint
        let retransmissions: UInt32
    }

    struct Outcome: Sendable {
        var counts: [Count] = []
        var failures: [String] = []
    }

    private let options: TrafficOptions
    private let outcome = Mutex(Outcome())
    private let threads = DispatchGroup()

    init(_ options: TrafficOptions) { self.options = options }

    /// Runs all connections from `client` to a listener in `server`, both namespaces or nil for the caller's.
    ///
    /// - Returns: what came of them; nil where the deadline passed first.
    func run(
        to address: SocketAddress, client: NetworkNamespace?, server: NetworkNamespace?, filter: SocketFilter?
    ) throws -> Outcome? {
        let isListening = DispatchSemaphore(value: 0)
        try start(in: server) { [self] in
            let silent = SocketEventRecorder(role: .server, manner: .blocking) { _ in }
            let listener = try TCPListener(on: [address], filter: filter, recorder: silent) {
                descriptor throws(SocketError) in
                try descriptor.setCongestionControl("cubic")
            }
            isListening.signal()
            for _ in 0..<options.connections {
                guard let connection = try listener.accept() else { break }
                let shelf = Shelf(connection)
                try start(in: nil) { [self] in
                    guard let connection = shelf.take() else { return }
                    while let octets = try connection.receive(), !octets.isEmpty {}
                    // A short answer, so that both directions carry data.
                    try connection.send([UInt8](repeating: 0x61, count: 3000))
                    try connection.shutdownSending()
                    count(connection)
                }
            }
        }
        guard isListening.wait(timeout: .now() + .seconds(5)) == .success else { return nil }
        for number in 0..<options.connections {
            try start(in: client) { [self] in try converse(number, with: address) }
        }
        guard threads.wait(timeout: .now() + .seconds(options.deadline)) == .success else { return nil }
        return outcome.withLock { $0 }
    }

    private func converse(_ number: Int, with address: SocketAddress) throws {
        var draws = SeededDraws(seed: options.seed &* 1000 &+ UInt64(number))
        let silent = SocketEventRecorder(role: .client, manner: .blocking) { _ in }
        let connection = try TCPSocket(connectingTo: [address], recorder: silent) {
            descriptor throws(SocketError) in
            try descriptor.setCongestionControl("cubic")
        }
        var rest = options.octets
        while rest > 0 {
            let size = min(rest, 1 + draws.below(8000))
            try connection.send([UInt8](repeating: 0x62, count: size))
            rest -= size
            usleep(UInt32(draws.below(Int(options.pause) * 1000 + 1)))
        }
        try connection.shutdownSending()
        while let octets = try connection.receive(), !octets.isEmpty {}
        count(connection)
    }

    /// Waits until nothing of ours is left to be acknowledged, and keeps what the kernel counted until then.
    private func count(_ connection: borrowing TCPSocket) {
        while let info = try? TCPInfo(of: connection.descriptor.rawValue) {
            if info.state == .closed || info.state == .timeWait || info.state == .finWait2 && info.unacknowledged == 0 {
                let count = Count(
                    local: connection.local, peer: connection.peer, retransmissions: info.totalRetransmissions ?? 0)
                outcome.withLock { $0.counts.append(count) }
                return
            }
            usleep(2000)
        }
    }

    private func start(in namespace: NetworkNamespace?, _ body: @escaping @Sendable () throws -> Void) throws {
        threads.enter()
        let (threads, outcome) = (threads, self)
        _ = try SystemThread {
            do {
                try namespace?.enter()
                try body()
            } catch {
                outcome.note("\(error)")
            }
            threads.leave()
        }
    }

    private func note(_ failure: String) { outcome.withLock { $0.failures.append(failure) } }

    /// A socket on its way to another thread.
    private final class Shelf: Sendable {
        private let socket: Mutex<TCPSocket?>
        init(_ socket: consuming TCPSocket) { self.socket = Mutex(socket) }
        func take() -> TCPSocket? { socket.withLock { $0.take() } }
    }
}

/// Numbers that a seed repeats.
struct SeededDraws {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func below(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return bound > 0 ? Int(state % UInt64(bound)) : 0
    }
}
