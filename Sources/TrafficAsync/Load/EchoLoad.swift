internal import NIOCore
internal import NIOPosix
internal import PacketDecode
public import SocketEvents
internal import Synchronization

/// Many connections to one server that sends lines back, over one event loop: all are held, some ask.
///
/// A busy connection asks its next question when it has the answer to the last, so that the load follows what the server can do.
public final class EchoLoad: Sendable {
    /// What was asked and answered in a span of time.
    public struct Exchange: Sendable {
        public var answers: Int
        public var duration: Int64
        public var latencies: LatencyHistogram
    }

    private let server: SocketEvents.SocketAddress
    private let group: MultiThreadedEventLoopGroup
    private let ledger: EchoLedger
    private let channels = Mutex<[any Channel]>([])

    /// Connections that one source address is given: a port is taken by one connection, and there are some 28,000.
    private static let connectionsPerSource = 4000
    /// Connections that are opened at once: fewer than a listener's queue holds.
    private static let opening = 100

    /// `size`: octets of a question, its line feed included.
    public init(server: SocketEvents.SocketAddress, size: Int) {
        self.server = server
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        ledger = EchoLedger(size: size)
    }

    /// Connections that are open.
    public var connections: Int { channels.withLock { $0.count(where: \.isActive) } }

    /// Opens `count` connections, from several addresses where the server is on this machine's loopback over IPv4.
    ///
    /// - Returns: how many could not be opened, and why the last of them could not.
    public func connect(_ count: Int) async -> (failures: Int, last: SocketError?) {
        var (started, failures, last) = (0, 0, SocketError?.none)
        await withTaskGroup(of: SocketError?.self) { tasks in
            while started < count || !tasks.isEmpty {
                while started < count, started - failures - channels.withLock({ $0.count }) < Self.opening {
                    let number = started
                    tasks.addTask { await self.connect(number: number) }
                    started += 1
                }
                guard let outcome = await tasks.next() else { break }
                guard let failure = outcome else { continue }
                failures += 1
                last = failure
            }
        }
        return (failures, last)
    }

    /// Opens one connection; returns why it could not be.
    private func connect(number: Int) async -> SocketError? {
        let ledger = ledger
        do {
            var bootstrap = ClientBootstrap(group: group)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(EchoAsker(ledger))
                    }
                }
            if let source = Self.source(number: number, to: server) { bootstrap = bootstrap.bind(to: source) }
            let channel = try await bootstrap.connect(to: server.forNIO).get()
            channels.withLock { $0.append(channel) }
            return nil
        } catch {
            return SocketError(.connect, from: error, subject: "\(server.endpoint)")
        }
    }

    /// 127.0.1.1, 127.0.1.2 and so on for a server on 127.0.0.0/8; nil for others.
    private static func source(number: Int, to server: SocketEvents.SocketAddress) -> NIOCore.SocketAddress? {
        guard case .v4(let address) = server.endpoint.address, address.rawValue >> 24 == 127 else { return nil }
        return try? NIOCore.SocketAddress(ipAddress: "127.0.1.\(1 + number / connectionsPerSource % 250)", port: 0)
    }

    /// Has the first `busy` connections ask for `duration`, and waits for the last answers.
    public func exchange(busy: Int, for duration: Duration) async -> Exchange {
        let chosen = channels.withLock { Array($0.filter(\.isActive).prefix(busy)) }
        let start = MonotonicClock.nanoseconds
        ledger.begin()
        chosen.forEach(Self.ask)
        try? await Task.sleep(for: duration)
        let latencies = ledger.end()
        let span = MonotonicClock.nanoseconds - start
        await waitForAnswers()
        return Exchange(answers: Int(latencies.count), duration: span, latencies: latencies)
    }

    /// Has every connection ask once, so that each is known to be served; returns how many had their answer.
    public func exchangeOnce() async -> Int {
        var answered = 0
        let all = channels.withLock { $0.filter(\.isActive) }
        for start in stride(from: 0, to: all.count, by: 500) {
            ledger.begin(endless: false)
            all[start..<min(start + 500, all.count)].forEach(Self.ask)
            await waitForAnswers()
            answered += Int(ledger.end().count)
        }
        return answered
    }

    /// Closes all connections, and ends the event loop.
    public func close() async {
        let all = channels.withLock { channels in
            defer { channels = [] }
            return channels
        }
        for channel in all { channel.close(promise: nil) }
        try? await group.shutdownGracefully()
    }

    private static func ask(_ channel: any Channel) {
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(EchoAsker.Ask()) }
    }

    /// Waits until nothing that was asked is unanswered; for ten seconds without any answer at most.
    private func waitForAnswers() async {
        var (before, quiet) = (ledger.outstanding, 0)
        // What is asked shows as soon as the event loop has had its turn.
        try? await group.next().submit {}.get()
        while ledger.outstanding > 0, quiet < 10_000 {
            guard (try? await Task.sleep(for: .milliseconds(1))) != nil else { return }
            let now = ledger.outstanding
            quiet = now == before ? quiet + 1 : 0
            before = now
        }
    }
}
