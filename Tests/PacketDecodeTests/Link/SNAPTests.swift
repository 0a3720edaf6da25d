import PacketDecode
import Testing

/// IP in IEEE 802.3 framing: LLC and SNAP in the place of an EtherType (RFC 1042).
@Suite struct SNAPTests {
    private let addresses: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]
    private let snap: [UInt8] = [
        0xaa, 0xaa,  // service access points: SNAP
        0x03,  // unnumbered information
        0x00, 0x00, 0x00,  // organization code: Ethernet
        0x08, 0x00,  // EtherType: IPv4
    ]
    private let ip = Array(LoopbackFrames.udp[14...])

    @Test func underEthernet() {
        let packet = decode(addresses + [0x00, 0x27] + snap + ip)
        #expect(packet.etherType == .ipv4)
        #expect(packet.snapHeader == ByteRange(from: 14, to: 22))
        #expect(packet.networkOffset == 22)
        #expect(packet.ports?.source == 33200)
        #expect(packet.stop == nil)
    }

    @Test func underATag() {
        let packet = decode(addresses + [0x81, 0x00, 0x00, 0x07, 0x00, 0x27] + snap + ip)
        #expect(packet.vlanTags.count == 1)
        #expect(packet.snapHeader == ByteRange(from: 18, to: 26))
        #expect(packet.ports?.source == 33200)
    }

    @Test func underLinuxSLL() {
        let header: [UInt8] = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x00, 0x04]
        let packet = decode(header + snap + ip, as: .linuxSLL)
        #expect(packet.ports?.source == 33200)
        #expect(packet.networkOffset == 24)
    }

    /// Other service access points, another organization, or no whole header: payload.
    @Test(
        arguments: [
            [0x42, 0x42, 0x03, 0, 0, 0, 0x08, 0x00], [0xaa, 0xaa, 0x03, 0, 0, 0x0c, 0x20, 0x00],
            [0xaa, 0xaa, 0x03, 0, 0],
        ] as [[UInt8]])
    func otherLLCIsPayload(octets: [UInt8]) {
        let packet = decode(addresses + [0x00, 0x08] + octets)
        #expect(packet.etherType == nil)
        #expect(packet.snapHeader.isEmpty)
        #expect(packet.network == .none)
        #expect(packet.payload == ByteRange(from: 14, to: 14 + octets.count))
        #expect(packet.stop == nil)
    }
}
