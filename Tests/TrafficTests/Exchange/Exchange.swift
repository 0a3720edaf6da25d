import PacketDecode
import SocketEvents
import Synchronization
import TrafficAsync
import TrafficBlocking

/// Which manner listens, which sends, and over which family: the pairs that every exchange is tried with.
struct Exchange: Sendable, CustomStringConvertible {
    let receiving: IOManner
    let sending: IOManner
    let host: String

    static let all = ["127.0.0.1", "::1"].flatMap { host in
        IOManner.allCases.flatMap { receiving in
            IOManner.allCases.map { Exchange(receiving: receiving, sending: $0, host: host) }
        }
    }

    var description: String { "\(receiving.rawValue) receives, \(sending.rawValue) sends, \(host)" }

    func addresses(_ transport: HostAndPort.Transport) throws(SocketError) -> [SocketAddress] {
        try HostAndPort(host: host, port: 0).resolve(for: .listening, transport)
    }
}

/// A server of either manner, running.
struct RunningServer: Sendable {
    let endpoint: Endpoint
    let stop: @Sendable () async throws -> Void

    init(
        _ manner: IOManner, on addresses: [SocketAddress], filter: SocketFilter? = nil, log: EventLog
    ) async throws {
        let recorder = log.recorder(.server, manner)
        switch manner {
        case .blocking:
            let server = try TCPServer(on: addresses, filter: filter, recorder: recorder)
            endpoint = server.local
            let running = Task { try await onThread { () throws(SocketError) in try server.run() } }
            stop = {
                server.stop()
                try await running.value
            }
        case .async:
            let server = try AsyncTCPServer(on: addresses, filter: filter, recorder: recorder)
            endpoint = server.local
            let running = Task { try await server.run() }
            stop = {
                running.cancel()
                try await running.value
            }
        }
    }
}

/// Connects, sends `messages`, ends, and waits for the server's end.
func converse(
    _ manner: IOManner, with endpoint: Endpoint, sending messages: [[UInt8]], log: EventLog
) async throws(SocketError) {
    let recorder = log.recorder(.client, manner)
    let rest = Rest(messages)
    switch manner {
    case .blocking:
        try await onThread { () throws(SocketError) in
            let socket = try TCPSocket(connectingTo: [SocketAddress(endpoint)], recorder: recorder)
            try socket.converse { _ in rest.next() }
        }
    case .async:
        let client = try await AsyncTCPClient(connectingTo: [SocketAddress(endpoint)], recorder: recorder)
        try await client.converse { rest.next() }
    }
}

/// Sends each of `datagrams`, then asks for an answer to them.
func send(
    _ manner: IOManner, _ datagrams: [[UInt8]], to endpoint: Endpoint, log: EventLog
) async throws(SocketError) {
    let recorder = log.recorder(.sender, manner)
    switch manner {
    case .blocking:
        try await onThread { () throws(SocketError) in
            let socket = try UDPSocket(sendingTo: [SocketAddress(endpoint)], recorder: recorder)
            for datagram in datagrams { try socket.send(datagram) }
            try socket.checkForAnswer()
        }
    case .async:
        let socket = try AsyncUDPSocket(sendingTo: [SocketAddress(endpoint)], recorder: recorder)
        for datagram in datagrams { try await socket.send(datagram) }
        try socket.checkForAnswer()
    }
}

/// Messages handed out one at a time.
private final class Rest: Sendable {
    private let messages: Mutex<ArraySlice<[UInt8]>>

    init(_ messages: [[UInt8]]) { self.messages = Mutex(messages[...]) }

    func next() -> [UInt8]? { messages.withLock { $0.popFirst() } }
}
