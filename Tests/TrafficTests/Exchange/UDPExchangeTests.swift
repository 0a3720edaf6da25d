import Glibc
import PacketDecode
import SocketEvents
import Testing
import TrafficAsync
import TrafficBlocking

@Suite("UDP over real sockets", .timeLimit(.minutes(1)))
struct UDPExchangeTests {
    /// Sizes on both sides of the buffer of 1500 octets, and none.
    private static let sizes = [0, 1, 1499, 1500, 1501, 4000, 9]

    @Test("Each datagram is told as received of sent octets", arguments: Exchange.all)
    func truncation(exchange: Exchange) async throws {
        let log = EventLog()
        let recorder = log.recorder(.receiver, exchange.receiving)
        let sent = Self.sizes.map { size in (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) } }
        var received: [ReceivedDatagram] = []
        switch exchange.receiving {
        case .blocking:
            let socket = try UDPSocket(receivingOn: exchange.addresses(.datagram), recorder: recorder)
            try await send(exchange.sending, sent, to: socket.local, log: log)
            for _ in sent { received.append(try #require(try socket.receive(bufferSize: 1500))) }
            #expect(try socket.memoryInfo().drops == 0)
        case .async:
            let socket = try AsyncUDPSocket(receivingOn: exchange.addresses(.datagram), recorder: recorder)
            try await send(exchange.sending, sent, to: socket.local, log: log)
            for _ in sent { received.append(try #require(try await socket.receive(bufferSize: 1500))) }
            #expect(try socket.memoryInfo().drops == 0)
        }
        #expect(received.map(\.datagramLength) == Self.sizes)
        #expect(received.map(\.lostOctets) == [0, 0, 0, 0, 1, 2500, 0])
        #expect(received.map(\.content) == sent.map { Array($0.prefix(1500)) })
        let events = log.events.filter { $0.call == .receive }
        #expect(events.map(\.datagramLength) == Self.sizes)
        #expect(events.map(\.octets) == Self.sizes.map { min($0, 1500) })
        #expect(events.allSatisfy { !$0.isEndOfStream })
        let sender = try #require(log.events.first { $0.role == .sender && $0.call == .connect }?.local)
        #expect(events.allSatisfy { $0.peer == sender })
    }

    @Test("An asynchronous receiver waits for what comes later, and ends when it is cancelled")
    func waiting() async throws {
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .datagram)
        let log = EventLog()
        let receiving = Task {
            let socket = try AsyncUDPSocket(receivingOn: addresses, recorder: log.recorder(.receiver, .async))
            var lengths: [Int] = []
            while let datagram = try await socket.receive(bufferSize: 10) { lengths.append(datagram.datagramLength) }
            socket.close()
            return lengths
        }
        let endpoint = try #require(await log.first { $0.call == .bind }?.local)
        for (count, size) in [3, 30, 300].enumerated() {
            try await send(.async, [[UInt8](repeating: 1, count: size)], to: endpoint, log: log)
            await log.wait { $0.filter { $0.call == .receive }.count == count + 1 }
        }
        receiving.cancel()
        #expect(try await receiving.value == [3, 30, 300])
        #expect(log.events.contains { $0.role == .receiver && $0.call == .close })
    }

    @Test("A blocking receiver ends when stop is said")
    func stop() async throws {
        let addresses = try HostAndPort(host: "::1", port: 0).resolve(for: .listening, .datagram)
        let socket = try UDPSocket(receivingOn: addresses, recorder: EventLog().recorder(.receiver, .blocking))
        let stop = try StopSignal()
        async let received = onThread { () throws(SocketError) in
            try socket.receive(bufferSize: 10, stop: stop)?.datagramLength
        }
        stop.stop()
        #expect(try await received == nil)
        #expect(stop.isStopped)
    }

    @Test("A port that nobody holds refuses", arguments: IOManner.allCases)
    func refused(manner: IOManner) async throws {
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .datagram)
        let receiver = try UDPSocket(receivingOn: addresses, recorder: EventLog().recorder(.receiver, .blocking))
        let endpoint = receiver.local
        receiver.close()
        let error = await #expect(throws: SocketError.self) {
            try await send(manner, [[1]], to: endpoint, log: EventLog())
        }
        #expect(error == SocketError(.send, errno: ECONNREFUSED, subject: "\(endpoint)"))
    }

    @Test("A datagram beyond what IPv4 holds is an error", arguments: IOManner.allCases)
    func tooLong(manner: IOManner) async throws {
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .datagram)
        let receiver = try UDPSocket(receivingOn: addresses, recorder: EventLog().recorder(.receiver, .blocking))
        let log = EventLog()
        let error = await #expect(throws: SocketError.self) {
            try await send(manner, [[UInt8](repeating: 0, count: 65508)], to: receiver.local, log: log)
        }
        #expect(error?.errno == EMSGSIZE)
        #expect(log.events.last?.failure == error)
        receiver.close()
    }
}
