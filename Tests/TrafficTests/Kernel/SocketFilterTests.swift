import Glibc
import PacketDecode
import SocketEvents
import Testing
import TrafficBlocking

@Suite("Socket filters", .timeLimit(.minutes(1)))
struct SocketFilterTests {
    /// Sends a datagram of each of `sizes` through `filter`, and returns the sizes that came through and the kernel's drops.
    private func pass(_ sizes: [Int], through filter: SocketFilter?) throws -> (passed: [Int], drops: Int) {
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .datagram)
        let recorder = EventLog().recorder(.receiver, .blocking)
        let receiver = try SocketDescriptor(
            boundFor: .datagram, to: addresses, filter: filter, nonBlocking: true, recorder: recorder)
        let bound = receiver.localEndpoint
        let endpoint = try #require(bound)
        let sender = try SocketDescriptor(
            connectedFor: .datagram, to: [SocketAddress(endpoint)], recorder: recorder)
        var passed: [Int] = []
        for size in sizes {
            _ = try sender.send([UInt8](repeating: 0, count: size)[...])
            // Loopback delivers before send(2) returns, so nothing waits behind an empty socket.
            do {
                passed.append(try receiver.receiveDatagram(bufferSize: 1).datagramLength)
            } catch {
                #expect(error.code == EAGAIN)
            }
        }
        return (passed, Int(try SocketMemoryInfo(of: receiver.rawValue).drops))
    }

    @Test("No filter, and a share of none, drop nothing", arguments: [nil, SocketFilter.dropDatagrams(.none)])
    func none(filter: SocketFilter?) throws {
        let sizes = Array(0..<200)
        let (passed, drops) = try pass(sizes, through: filter)
        #expect(passed == sizes)
        #expect(drops == 0)
    }

    @Test(
        "A share of all, and drop everything, let nothing through",
        arguments: [SocketFilter.dropEverything, .dropDatagrams(.all)])
    func all(filter: SocketFilter) throws {
        let (passed, drops) = try pass(Array(0..<200), through: filter)
        #expect(passed == [])
        #expect(drops == 200)
    }

    @Test("A share of a half drops about a half, and the kernel counts each")
    func half() throws {
        let share = try #require(Share(fraction: 0.5))
        let (passed, drops) = try pass([Int](repeating: 10, count: 2000), through: .dropDatagrams(share))
        #expect(passed.count + drops == 2000)
        // The standard deviation is 22: this is nine of them to either side.
        #expect((800...1200).contains(drops))
    }

    @Test("Dropping by length drops those lengths and no others")
    func byLength() throws {
        let filter = SocketFilter.dropDatagrams(ofLength: 1000...1500)
        let (passed, drops) = try pass([999, 1000, 1001, 1500, 1501, 0], through: filter)
        #expect(passed == [999, 1501, 0])
        #expect(drops == 3)
    }

    @Test("A filter is taken off, and taking off none is no error")
    func detach() throws {
        let addresses = try HostAndPort(host: "127.0.0.1", port: 0).resolve(for: .listening, .datagram)
        let recorder = EventLog().recorder(.receiver, .blocking)
        let receiver = try SocketDescriptor(
            boundFor: .datagram, to: addresses, filter: .dropEverything, nonBlocking: true, recorder: recorder)
        try receiver.detachFilter()
        try receiver.detachFilter()
        let bound = receiver.localEndpoint
        let endpoint = try #require(bound)
        let sender = try SocketDescriptor(
            connectedFor: .datagram, to: [SocketAddress(endpoint)], recorder: recorder)
        _ = try sender.send([1, 2, 3])
        #expect(try receiver.receiveDatagram(bufferSize: 9).content == [1, 2, 3])
    }

    @Test(
        "Dropped segments with payload are sent again, and arrive when the filter is off",
        arguments: ["127.0.0.1", "::1"])
    func segmentsWithPayload(host: String) async throws {
        let addresses = try HostAndPort(host: host, port: 0).resolve(for: .listening, .stream)
        let recorder = EventLog().recorder(.server, .blocking)
        let listener = try TCPListener(on: addresses, filter: .dropSegmentsWithPayload(.all), recorder: recorder)
        // The handshake carries no payload, so it passes.
        let client = try TCPSocket(connectingTo: [SocketAddress(listener.local)], recorder: recorder)
        guard let server = try listener.accept() else {
            Issue.record("no connection was accepted")
            return
        }
        // One octet: shorter than the options of a header.
        try client.send([42])
        while try client.kernelSample().info.totalRetransmissions == 0 { await Task.yield() }
        try server.descriptor.detachFilter()
        #expect(try server.receive() == [42])
        let sample = try client.kernelSample()
        #expect(sample.info.state == .established)
        #expect(sample.local == server.peer && sample.peer == server.local)
        #expect(try #require(sample.info.totalRetransmissions) >= 1)
        #expect(sample.info.bytesReceived == 0)
        server.close()
        client.close()
        listener.close()
    }
}
