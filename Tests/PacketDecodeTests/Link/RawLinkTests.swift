import PacketDecode
import Testing

@Suite struct RawLinkTests {
    private let ipv4 = Array(LoopbackFrames.udp[14...])
    private let ipv6 = LoopbackFrames.udpOverIPv6

    @Test func versionTellsRawPacketsApart() {
        #expect(decode(ipv4, as: .raw).ports?.source == 33200)
        #expect(decode(ipv6, as: .raw).ports?.source == 41496)
        #expect(decode(ipv4, as: .raw).link == .none)
        #expect(decode(ipv4, as: .raw).etherType == nil)
    }

    @Test func rawOfNoVersion() {
        #expect(decode([], as: .raw).stop?.layer == .ipv4)
        var bytes = ipv4
        bytes[0] = 0x55
        #expect(decode(bytes, as: .raw).stop == DecodeError(.ipv4, at: 0, .wrongVersion(5)))
    }

    @Test func ipv4AndIPv6LinkTypesDemandTheirVersion() {
        #expect(decode(ipv4, as: .ipv4).stop == nil)
        #expect(decode(ipv6, as: .ipv6).stop == nil)
        #expect(decode(ipv6 + ipv4, as: .ipv4).stop == DecodeError(.ipv4, at: 0, .wrongVersion(6)))
        #expect(decode(ipv4 + ipv6, as: .ipv6).stop == DecodeError(.ipv6, at: 0, .wrongVersion(4)))
    }

    @Test func unknownLinkTypeIsPayload() {
        let packet = decode([1, 2, 3], as: LinkType(rawValue: 127), originalLength: 9)
        #expect(packet.payload == ByteRange(from: 0, to: 3))
        #expect(packet.payloadLength == 9)
        #expect(packet.stop == nil)
    }
}
