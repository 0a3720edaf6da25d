import PacketDecode
import Testing

@Suite struct IPv6HeaderTests {
    private let golden = LoopbackFrames.udpOverIPv6

    @Test func golden_isDecoded() {
        let packet = decode(golden, as: .ipv6)
        guard case .ipv6(let header) = packet.network else {
            Issue.record("no header")
            return
        }
        #expect(header.trafficClass == 0)
        #expect(header.flowLabel == 0x50de6)
        #expect(header.payloadLength == 11)
        #expect(header.nextHeader == .udp)
        #expect(header.hopLimit == 64)
        #expect(header.source == .loopback)
        #expect(header.destination == .loopback)
        #expect(header.extensionHeaders.count == 0)
        #expect(packet.transportOffset == 40)
        #expect(Array(golden[packet.payload.indices]) == Array("hi\n".utf8))
        #expect(encoded(header.encode) == Array(golden.prefix(40)))
        #expect(checksums(golden, as: .ipv6) == ChecksumReport(network: nil, transport: .partial))
    }

    @Test func trafficClassStraddlesOctets() {
        var bytes = golden
        bytes[0...1] = [0x6b, 0xb5]
        guard case .ipv6(let header) = decode(bytes, as: .ipv6).network else {
            Issue.record("no header")
            return
        }
        #expect(header.trafficClass == 0xbb)
        #expect(header.differentiatedServicesCodePoint == 46)
        #expect(header.explicitCongestionNotification == .congestionExperienced)
        #expect(encoded(header.encode) == Array(bytes.prefix(40)))
    }

    @Test(arguments: 0..<40)
    func cut(length: Int) {
        #expect(
            decode(Array(golden.prefix(length)), as: .ipv6, originalLength: 51).stop
                == DecodeError(
                    .ipv6, at: 0, .tooShort(needed: 40, available: UInt32(length), limit: .snapshotLength)))
    }

    @Test func payloadLengthBeyondFrame() {
        var bytes = golden
        bytes[5] = 12
        #expect(
            decode(bytes, as: .ipv6).stop
                == DecodeError(.ipv6, at: 0, .lengthExceeds(stated: 52, available: 51, limit: .frame)))
    }

    /// Offloaded segmentation leaves the length of TCP and UDP open; of anything else 0 is 0.
    @Test func payloadLengthZero() {
        var bytes = golden
        bytes[5] = 0
        #expect(decode(bytes, as: .ipv6).udp?.length == 11)
        #expect(decode(bytes, as: .ipv6).stop == nil)
        bytes[6] = IPProtocol.noNextHeader.rawValue
        let empty = decode(bytes, as: .ipv6)
        #expect(empty.payloadLength == 0)
        #expect(empty.stop == nil)
        bytes[6] = IPProtocol.icmpv6.rawValue
        #expect(
            decode(bytes, as: .ipv6).stop
                == DecodeError(.icmpv6, at: 40, .tooShort(needed: 8, available: 0, limit: .ipv6PayloadLength)))
    }
}
