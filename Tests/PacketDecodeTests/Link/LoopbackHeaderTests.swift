import PacketDecode
import Testing

@Suite struct LoopbackHeaderTests {
    /// LINKTYPE_NULL is in the capturing machine's order.
    @Test(arguments: [[0x02, 0x00, 0x00, 0x00], [0x00, 0x00, 0x00, 0x02]] as [[UInt8]])
    func eitherOrderOfIPv4(family: [UInt8]) {
        let packet = decode(family + LoopbackFrames.udp[14...], as: .null)
        #expect(packet.link == .loopback(LoopbackHeader(family: 2)))
        #expect(packet.ports?.source == 33200)
        #expect(packet.networkOffset == 4)
    }

    @Test(arguments: [10, 23, 24, 28, 30] as [UInt8])
    func everySystemsIPv6(family: UInt8) {
        for header in [[family, 0, 0, 0], [0, 0, 0, family]] {
            let packet = decode(header + LoopbackFrames.udpOverIPv6, as: .null)
            #expect(packet.etherType == .ipv6)
            #expect(packet.ports?.source == 41496)
        }
    }

    @Test func loopIsInNetworkOrder() {
        let header: [UInt8] = [0x00, 0x00, 0x00, 0x18]
        let packet = decode(header + LoopbackFrames.udpOverIPv6, as: .loop)
        #expect(packet.link == .loopback(LoopbackHeader(family: 24)))
        #expect(packet.ports?.source == 41496)
        #expect(encoded(LoopbackHeader(family: 24).encode) == header)
        #expect(decode([0x18, 0, 0, 0] + LoopbackFrames.udpOverIPv6, as: .loop).network == .none)
    }

    @Test func etherTypeInThePlaceOfAFamily() {
        let packet = decode([0x0f, 0x00, 0x08, 0x00] + LoopbackFrames.udp[14...], as: .null)
        #expect(packet.etherType == .ipv4)
        #expect(packet.ports?.source == 33200)
    }

    @Test func unknownFamilyIsKept() {
        let packet = decode([0x07, 0x00, 0x00, 0x00, 0x01], as: .null)
        #expect(packet.link == .loopback(LoopbackHeader(family: 7)))
        #expect(packet.etherType == nil)
        #expect(packet.payload.count == 1)
        #expect(packet.stop == nil)
    }

    @Test(arguments: 0..<4)
    func cut(length: Int) {
        #expect(
            decode([UInt8](repeating: 0, count: length), as: .null).stop
                == DecodeError(
                    .loopback, at: 0, .tooShort(needed: 4, available: UInt32(length), limit: .frame)))
    }
}
