import PacketDecode
import Testing

@Suite struct LinuxSLLHeaderTests {
    private let version1: [UInt8] = [
        0x00, 0x04,  // packet type: sent by us
        0x03, 0x04,  // ARPHRD_LOOPBACK
        0x00, 0x06,  // address length
        0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,  // address and filling
        0x08, 0x00,  // protocol: IPv4
    ]
    private let version2: [UInt8] = [
        0x86, 0xdd,  // protocol: IPv6
        0x00, 0x00,  // reserved
        0x00, 0x00, 0x00, 0x07,  // interface index
        0x00, 0x01,  // ARPHRD_ETHER
        0x03,  // packet type: to another host
        0x06,  // address length
        0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,  // address and filling
    ]

    @Test func version1_isDecoded() {
        let packet = decode(version1 + LoopbackFrames.udp[14...], as: .linuxSLL)
        guard case .linuxSLL(let header) = packet.link else {
            Issue.record("no header")
            return
        }
        #expect(header.packetType == 4)
        #expect(header.hardwareType == 772)
        #expect(header.address == MACAddress(rawValue: 0x0200_0000_0001))
        #expect(header.etherType == .ipv4)
        #expect(header.interfaceIndex == 0)
        #expect(packet.ports?.source == 33200)
        #expect(packet.stop == nil)
        #expect(encoded(header.encode) == version1)
    }

    @Test func version2_isDecoded() {
        let packet = decode(version2 + LoopbackFrames.udpOverIPv6, as: .linuxSLL2)
        guard case .linuxSLL2(let header) = packet.link else {
            Issue.record("no header")
            return
        }
        #expect(header.packetType == 3)
        #expect(header.interfaceIndex == 7)
        #expect(header.etherType == .ipv6)
        #expect(packet.ports?.source == 41496)
        #expect(packet.stop == nil)
        #expect(encoded(header.encodeVersion2) == version2)
    }

    @Test(arguments: 0..<20)
    func cut(length: Int) {
        if length < 16 {
            #expect(
                decode(Array(version1.prefix(length)), as: .linuxSLL, originalLength: 60).stop
                    == DecodeError(
                        .linuxSLL, at: 0,
                        .tooShort(needed: 16, available: UInt32(length), limit: .snapshotLength)))
        }
        #expect(
            decode(Array(version2.prefix(length)), as: .linuxSLL2).stop
                == DecodeError(
                    .linuxSLL2, at: 0, .tooShort(needed: 20, available: UInt32(length), limit: .frame)))
    }

    @Test func linuxOwnNumbersAreNoEtherTypes() {
        var bytes = version1 + [0x42, 0x42, 0x03]
        bytes[14...15] = [0x00, 0x04]
        let packet = decode(bytes, as: .linuxSLL)
        #expect(packet.etherType == nil)
        #expect(packet.payload.count == 3)
    }

    @Test(arguments: [0, 5, 7, 8, 20])
    func addressOfAnotherLengthIsNoMACAddress(length: UInt8) {
        var bytes = version1
        bytes[5] = length
        guard case .linuxSLL(let header) = decode(bytes, as: .linuxSLL).link else {
            Issue.record("no header")
            return
        }
        #expect(header.address == nil)
        #expect(header.addressLength == UInt16(length))
        #expect(header.rawAddress == 0x0200_0000_0001_0000)
    }

    @Test func tagBehindHeader() {
        var bytes = version1
        bytes[14...15] = [0x81, 0x00]
        let packet = decode(bytes + [0x00, 0x09, 0x08, 0x00] + LoopbackFrames.udp[14...], as: .linuxSLL)
        #expect(packet.vlanTags.elements.map(\.identifier) == [9])
        #expect(packet.networkOffset == 20)
    }
}
