import PacketDecode
import SocketEvents
import Testing

@testable import Lab

@Suite("What sock_diag says")
struct SocketDiagnosisTests {
    /// One message: a header, `struct inet_diag_msg`, an attribute to pass over, and TCP_INFO of `info` octets.
    private func message(
        family: UInt8, source: [UInt8], destination: [UInt8], info: [UInt8], attribute: UInt16 = 2
    ) -> [UInt8] {
        var message = NetlinkMessage("test", type: 20, flags: 0)
        message.append(octets: [family, 1, 0, 0])
        message.append(octets: [0x9C, 0x40, 0x1B, 0x58])  // ports 40000, 7000
        message.append(octets: source + [UInt8](repeating: 0, count: 16 - source.count))
        message.append(octets: destination + [UInt8](repeating: 0, count: 16 - destination.count))
        message.append(octets: [UInt8](repeating: 0, count: 12 + 20))
        message.attribute(17, [1, 2, 3])
        message.attribute(attribute, info)
        return message.finished(sequenceNumber: 7)
    }

    private func samples(_ octets: [UInt8]) -> [KernelSample] {
        NetlinkReply.all(in: octets[...]).compactMap {
            KernelSample($0, at: Timestamp(nanosecondsSinceEpoch: 5))
        }
    }

    /// `struct tcp_info` up to tcpi_total_retrans, each octet its own place.
    private let info = (0..<104).map { UInt8($0) }

    @Test func aConnection() throws {
        let octets = message(family: 2, source: [10, 7, 0, 1], destination: [10, 7, 0, 2], info: info)
        let sample = try #require(samples(octets).first)
        #expect(sample.local.description == "10.7.0.1:40000")
        #expect(sample.peer.description == "10.7.0.2:7000")
        #expect(sample.info.state == TCPInfo.State(rawValue: 0))
        #expect(sample.info.retransmits == 2)
        #expect(sample.info.retransmissionTimeout == UInt32(littleEndian: 0x0B0A_0908))
        #expect(sample.info.totalRetransmissions == UInt32(littleEndian: 0x6766_6564))
        // The answer ended before it.
        #expect(sample.info.bytesAcknowledged == nil)
        #expect(sample.info.receiveWindow == nil)
    }

    @Test func severalInOneDatagram() {
        let first = message(family: 2, source: [10, 7, 0, 1], destination: [10, 7, 0, 2], info: info)
        let v6 = [0xFD, 0x07] + [UInt8](repeating: 0, count: 13) + [1]
        let second = message(family: 10, source: v6, destination: v6, info: info)
        #expect(
            samples(first + second).map(\.local.description) == ["10.7.0.1:40000", "[fd07::1]:40000"])
    }

    @Test("A socket for both families that talks IPv4 has IPv4's addresses, as its frames do")
    func mapped() {
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 10, 7, 0, 1]
        let octets = message(family: 10, source: mapped, destination: mapped, info: info)
        #expect(samples(octets).map(\.local.description) == ["10.7.0.1:40000"])
    }

    @Test("Without TCP_INFO, or cut anywhere, it is no sample")
    func cut() {
        let octets = message(family: 2, source: [10, 7, 0, 1], destination: [10, 7, 0, 2], info: info)
        for length in 0..<octets.count { #expect(samples(Array(octets.prefix(length))).isEmpty, "\(length)") }
        #expect(
            samples(message(family: 2, source: [1], destination: [1], info: info, attribute: 3)).isEmpty)
        #expect(samples(message(family: 7, source: [1], destination: [1], info: info)).isEmpty)
    }

    @Test("Lengths that lie end the walk")
    func lies() {
        var octets = message(family: 2, source: [10, 7, 0, 1], destination: [10, 7, 0, 2], info: info)
        // The first attribute says that it has no length; then the message says so.
        octets[16 + 72] = 0
        #expect(samples(octets).isEmpty)
        octets[0] = 0
        #expect(NetlinkReply.all(in: octets[...]).isEmpty)
    }

    @Test func onlyWhatChanged() {
        var changes = SampleChanges()
        let ends = Endpoint(address: .v4(.loopback), port: 1)
        func sample(at nanoseconds: Int64, window: UInt32) -> KernelSample {
            var info = TCPInfo()
            info.congestionWindow = window
            return KernelSample(
                timestamp: Timestamp(nanosecondsSinceEpoch: nanoseconds), local: ends, peer: ends, info: info)
        }
        #expect(changes.changed([sample(at: 1, window: 10)]).count == 1)
        #expect(changes.changed([sample(at: 2, window: 10)]).isEmpty)
        #expect(changes.changed([sample(at: 3, window: 11)]).count == 1)
        _ = changes.end(sample(at: 4, window: 11))
        #expect(changes.changed([sample(at: 5, window: 11)]).count == 1)
        #expect(changes.changed([]).isEmpty)
        #expect(changes.changed([sample(at: 6, window: 11)]).count == 1)
    }
}
