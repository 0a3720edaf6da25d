import Glibc
import PacketDecode
import SocketEvents
import Testing
import TrafficAsync
import TrafficBlocking

@Suite("TCP over real sockets", .timeLimit(.minutes(1)))
struct TCPExchangeTests {
    @Test("Each of several clients at once is heard whole and in order", arguments: Exchange.all)
    func severalClients(exchange: Exchange) async throws {
        let log = EventLog()
        let server = try await RunningServer(exchange.receiving, on: exchange.addresses(.stream), log: log)
        let clientLogs = try await withThrowingTaskGroup(of: (EventLog, [UInt8]).self) { group in
            for number in 0..<6 {
                group.addTask {
                    let messages = (0..<20).map { part in
                        [UInt8](repeating: UInt8(number * 20 + part), count: 1000 + 977 * part)
                    }
                    let log = EventLog()
                    try await converse(exchange.sending, with: server.endpoint, sending: messages, log: log)
                    return (log, Array(messages.joined()))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        await log.wait { $0.filter { $0.call == .close && $0.peer != nil }.count == 6 }
        try await server.stop()
        for (clientLog, said) in clientLogs {
            let connect = try #require(clientLog.events.first { $0.call == .connect })
            #expect(connect.peer == server.endpoint)
            let local = try #require(connect.local)
            #expect(log.received(from: local) == said)
            let sent = clientLog.events.filter { $0.call == .send }
            #expect(sent.flatMap(\.content) == said)
            #expect(sent.allSatisfy { $0.failure == nil && $0.octets == $0.content.count })
            let calls = Set(clientLog.events.map(\.call))
            #expect(calls == [.connect, .send, .shutdown, .receive, .close])
        }
        #expect(log.events.filter { $0.call == .accept }.count == 6)
        #expect(log.events.filter(\.isEndOfStream).count == 6)
        #expect(log.events.allSatisfy { $0.failure == nil && $0.manner == exchange.receiving && $0.start <= $0.end })
    }

    @Test("A client that resets is recorded, and the next one is served", arguments: Exchange.all)
    func reset(exchange: Exchange) async throws {
        let log = EventLog()
        let server = try await RunningServer(exchange.receiving, on: exchange.addresses(.stream), log: log)
        let clientLog = EventLog()
        try await onThread { () throws(SocketError) in
            let socket = try TCPSocket(
                connectingTo: [SocketAddress(server.endpoint)], recorder: clientLog.recorder(.client, .blocking)
            ) { descriptor throws(SocketError) in
                try descriptor.resetOnClose()
            }
            socket.close()
        }
        let broken = try #require(await log.first { $0.failure != nil || $0.isEndOfStream })
        #expect(broken.call == .receive)
        #expect(broken.failure?.errno == ECONNRESET)
        try await converse(exchange.sending, with: server.endpoint, sending: [[1, 2, 3]], log: clientLog)
        await log.wait { $0.filter { $0.call == .close && $0.peer != nil }.count == 2 }
        try await server.stop()
        #expect(log.events.filter { $0.call == .receive }.flatMap(\.content) == [1, 2, 3])
    }

    @Test("Stopping ends the service in the middle of a conversation", arguments: IOManner.allCases)
    func stop(manner: IOManner) async throws {
        let log = EventLog()
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .stream)
        let server = try await RunningServer(manner, on: addresses, log: log)
        let client = try TCPSocket(
            connectingTo: [SocketAddress(server.endpoint)], recorder: EventLog().recorder(.client, .blocking))
        try client.send([7])
        await log.wait { $0.contains { $0.call == .receive } }
        try await server.stop()
        // The server's close is what the client reads next.
        let end = try client.receive()
        #expect(end == [])
        #expect(log.events.contains { $0.call == .close && $0.peer == nil })
        #expect(log.events.filter(\.isEndOfStream).isEmpty)
        client.close()
    }

    @Test("A second listener on a port is refused it", arguments: IOManner.allCases)
    func portInUse(manner: IOManner) async throws {
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .stream)
        let first = try TCPListener(on: addresses, recorder: EventLog().recorder(.server, .blocking))
        let log = EventLog()
        let error = await #expect(throws: SocketError.self) {
            _ = try await RunningServer(manner, on: [SocketAddress(first.local)], log: log)
        }
        #expect(error?.errno == EADDRINUSE)
        let subject = "\(first.local)"
        #expect(error?.subject == subject)
        #expect(log.events.map(\.failure?.errno).contains(EADDRINUSE))
        first.close()
    }

    @Test("A port that nobody holds refuses", arguments: IOManner.allCases)
    func refused(manner: IOManner) async throws {
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .stream)
        let listener = try TCPListener(on: addresses, recorder: EventLog().recorder(.server, .blocking))
        let endpoint = listener.local
        listener.close()
        let log = EventLog()
        let error = await #expect(throws: SocketError.self) {
            try await converse(manner, with: endpoint, sending: [], log: log)
        }
        #expect(error == SocketError(.connect, errno: ECONNREFUSED, subject: "\(endpoint)"))
        #expect(log.events.map(\.call) == [.connect])
    }

    @Test("A server that resets ends the client, though it has more to say", arguments: IOManner.allCases)
    func resetByServer(manner: IOManner) async throws {
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .stream)
        let listener = try TCPListener(on: addresses, recorder: EventLog().recorder(.server, .blocking))
        let endpoint = listener.local
        async let serving: Void = onThread { () throws(SocketError) in
            guard let socket = try listener.accept() else { return }
            _ = try socket.receive(atMost: 1)
            try socket.descriptor.resetOnClose()
            socket.close()
        }
        let log = EventLog()
        let error = await #expect(throws: SocketError.self) {
            // Far more than the buffers of both sides hold.
            let messages = [[UInt8]](repeating: [UInt8](repeating: 1, count: 1 << 20), count: 64)
            try await converse(manner, with: endpoint, sending: messages, log: log)
        }
        try await serving
        #expect(error?.errno == ECONNRESET || error?.errno == EPIPE)
        #expect(log.events.last?.call == .close)
    }
}
