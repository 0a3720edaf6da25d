import NIOCore
import NIOPosix
import PacketDecode
import SocketEvents
import Synchronization
import Testing
import TrafficAsync
import TrafficBlocking

@Suite("A socket that lingers when it is closed", .timeLimit(.minutes(1)))
struct LingerTests {
    /// The peer's buffers are small and it reads nothing: what is unacknowledged at the end stays so.
    @Test("close(2) waits, and no event loop with it")
    func loopsGoOn() async throws {
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .stream)
        let listener = try TCPListener(on: addresses, recorder: EventLog().recorder(.server, .blocking)) {
            descriptor throws(SocketError) in
            try descriptor.setReceiveBuffer(octets: 4096)
        }
        let (log, options) = (EventLog(), Self.options)
        let client = try await AsyncTCPClient(
            connectingTo: [SocketAddress(listener.local)], options: options, recorder: log.recorder(.client, .async))
        let peer = try listener.accept()
        let isOver = Atomic(false)
        async let conversation: Void = {
            defer { isOver.store(true, ordering: .releasing) }
            var rules = ConversationRules()
            rules.ending = .atOnce
            let messages = Mutex([[UInt8](repeating: 1, count: 60_000)])
            try await client.converse(rules) { messages.withLock { $0.popLast() } }
        }()
        var longest = Duration.zero
        while !isOver.load(ordering: .acquiring) {
            for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
                let start = ContinuousClock.now
                try await loop.submit {}.get()
                longest = max(longest, start.duration(to: .now))
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        try await conversation
        let close = try #require(log.events.last)
        #expect(close.call == .close)
        #expect(close.start.distance(to: close.end) >= 3_900_000_000)
        #expect(longest < .seconds(3))
        peer?.close()
    }

    private static var options: TCPSocketOptions {
        var options = TCPSocketOptions()
        options.linger = 4
        options.sendBuffer = 200_000
        return options
    }
}
