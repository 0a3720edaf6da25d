import PacketDecode
import SocketEvents
import Testing

@testable import Lab

@Suite struct ConnectionDiagnosisTests {
    /// A message of the kernel's: a header, a `struct inet_diag_msg`, and attributes. Numbers of the host's are little-endian
    /// here, as on the machines that this is tested on.
    private func message(
        family: UInt8, local: [UInt8], peer: [UInt8], attributes: [UInt8], type: UInt16 = 20
    ) -> [UInt8] {
        func padded(_ address: [UInt8]) -> [UInt8] { address + [UInt8](repeating: 0, count: 16 - address.count) }
        var body: [UInt8] = [family, 1, 0, 0]
        body += [0x9C, 0x40, 0x14, 0x51]  // ports 40000 and 5201
        body += padded(local) + padded(peer)
        body += [UInt8](repeating: 0, count: 4 + 8 + 5 * 4)  // interface, cookie, and five counts
        body += attributes
        let length = UInt32(16 + body.count)
        let header =
            (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
            + [UInt8(truncatingIfNeeded: type), UInt8(type >> 8)] + [UInt8](repeating: 0, count: 10)
        return header + body
    }

    /// An attribute INET_DIAG_INFO of the first twelve octets of a `struct tcp_info`: state 1, a timeout of 204,000 µs.
    private let info: [UInt8] = [16, 0, 2, 0] + [1, 0, 0, 0, 0, 0, 0, 0, 0xE0, 0x1C, 0x03, 0]
    /// An attribute that is passed over, with its padding.
    private let other: [UInt8] = [5, 0, 8, 0, 1, 0, 0, 0]

    @Test func readsAnIPv4Connection() throws {
        let octets = message(family: 2, local: [10, 7, 0, 1], peer: [10, 7, 0, 2], attributes: other + info)
        let (connections, isLast) = ConnectionDiagnosis.parse(octets[...])
        let connection = try #require(connections.first)
        #expect(!isLast)
        #expect(connection.local.description == "10.7.0.1:40000")
        #expect(connection.peer.description == "10.7.0.2:5201")
        #expect(connection.info.state == .established)
        #expect(connection.info.retransmissionTimeout == 204_000)
        #expect(connection.info.congestionWindow == nil)
    }

    @Test func readsMappedAndPlainIPv6() throws {
        let mapped: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 10, 7, 0, 2]
        let plain: [UInt8] = [0xFD, 0x07] + [UInt8](repeating: 0, count: 13) + [2]
        let octets = message(family: 10, local: mapped, peer: plain, attributes: info)
        let connection = try #require(ConnectionDiagnosis.parse(octets[...]).connections.first)
        #expect(connection.local.description == "10.7.0.2:40000")
        #expect(connection.peer.description == "[fd07::2]:5201")
    }

    @Test func readsSeveralAndSeesTheEnd() {
        let one = message(family: 2, local: [1, 2, 3, 4], peer: [5, 6, 7, 8], attributes: info)
        let end = message(family: 2, local: [], peer: [], attributes: [], type: 3)
        let (connections, isLast) = ConnectionDiagnosis.parse((one + one + end + one)[...])
        #expect(connections.count == 2)
        #expect(isLast)
    }

    @Test func readsNoFurtherThanItGoes() {
        let whole = message(family: 2, local: [1, 2, 3, 4], peer: [5, 6, 7, 8], attributes: other + info)
        for length in 0..<whole.count {
            #expect(ConnectionDiagnosis.parse(whole[..<length]).connections.isEmpty)
        }
        var lying = whole
        lying[16 + 72] = 0xFF  // the first attribute's length
        #expect(ConnectionDiagnosis.parse(lying[...]).connections.isEmpty)
    }
}
