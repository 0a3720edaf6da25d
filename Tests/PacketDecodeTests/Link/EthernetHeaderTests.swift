import PacketDecode
import Testing

@Suite struct EthernetHeaderTests {
    private let golden: [UInt8] = [
        0x33, 0x33, 0x00, 0x00, 0x00, 0x16,  // destination
        0x02, 0x12, 0x3f, 0x97, 0x92, 0x01,  // source
        0x88, 0xb5,  // EtherType: local experimental 1 (IEEE 802)
        0xde, 0xad,  // data
    ]

    @Test func golden_isDecoded() throws {
        let packet = decode(golden)
        guard case .ethernet(let header) = packet.link else {
            Issue.record("no Ethernet header")
            return
        }
        #expect(header.destination.description == "33:33:00:00:00:16")
        #expect(header.destination.isGroup)
        #expect(header.source == MACAddress(rawValue: 0x0212_3f97_9201))
        #expect(!header.source.isGroup)
        #expect(header.etherType == EtherType(rawValue: 0x88b5))
        #expect(packet.etherType == EtherType(rawValue: 0x88b5))
        #expect(packet.network == .none)
        #expect(packet.payload == ByteRange(from: 14, to: 16))
        #expect(packet.stop == nil)
        #expect(encoded(header.encode) == Array(golden.prefix(14)))
    }

    @Test(arguments: 0..<14)
    func cut(length: Int) {
        let available = UInt32(length)
        let bytes = Array(golden.prefix(length))
        #expect(
            decode(bytes, originalLength: 16).stop
                == DecodeError(
                    .ethernet, at: 0, .tooShort(needed: 14, available: available, limit: .snapshotLength)))
        #expect(
            decode(bytes).stop
                == DecodeError(.ethernet, at: 0, .tooShort(needed: 14, available: available, limit: .frame)))
        #expect(decode(bytes).link == .none)
        #expect(decode(bytes).payload == ByteRange(from: 0, to: length))
    }

    @Test(arguments: [0, 46, 1500, 0x05FF])
    func lengthIsNoEtherType(length: UInt16) {
        var bytes = golden
        bytes[12] = UInt8(length >> 8)
        bytes[13] = UInt8(length & 0xFF)
        let packet = decode(bytes)
        guard case .ethernet(let header) = packet.link else {
            Issue.record("no Ethernet header")
            return
        }
        #expect(header.etherType == nil)
        #expect(header.typeOrLength == length)
        #expect(packet.etherType == nil)
        #expect(packet.payload.count == 2)
    }

    @Test func originalLengthBelowCapturedCountsAsCaptured() {
        let packet = decode(golden, originalLength: 3)
        #expect(packet.stop == nil)
        #expect(packet.payloadLength == 2)
    }
}
