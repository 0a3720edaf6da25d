import PacketDecode
import Testing

@Suite struct VLANTagTests {
    private let addresses: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]
    private let ip = Array(LoopbackFrames.udp[14...])

    @Test func stackOfThreeKinds() {
        let bytes =
            addresses + [
                0x88, 0xa8,  // TPID: service tag
                0x20, 0x64,  // priority 1, VID 100
                0x91, 0x00,  // TPID: legacy stacked tag
                0x10, 0x00,  // drop eligible, VID 0
                0x81, 0x00,  // TPID: customer tag
                0xef, 0xff,  // priority 7, VID 4095
                0x08, 0x00,  // EtherType: IPv4
            ] + ip
        let packet = decode(bytes)
        #expect(
            packet.vlanTags.elements == [
                VLANTag(protocolIdentifier: .serviceVLAN, priority: 1, identifier: 100),
                VLANTag(protocolIdentifier: .legacyStackedVLAN, isDropEligible: true, identifier: 0),
                VLANTag(protocolIdentifier: .vlan, priority: 7, identifier: 4095),
            ])
        #expect(packet.vlanTags[1].isDropEligible)
        #expect(packet.vlanTags[2].priority == 7)
        #expect(packet.vlanTags[2].identifier == 4095)
        #expect(packet.etherType == .ipv4)
        #expect(packet.networkOffset == 26)
        #expect(packet.ports?.destination == 40999)
        #expect(packet.stop == nil)
        let again = encoded { bytes in
            guard case .ethernet(let header) = packet.link else { return }
            header.encode(into: &bytes)
            packet.vlanTags[0].encode(followedBy: 0x9100, into: &bytes)
            packet.vlanTags[1].encode(followedBy: 0x8100, into: &bytes)
            packet.vlanTags[2].encode(followedBy: 0x0800, into: &bytes)
        }
        #expect(again == Array(bytes.prefix(26)))
    }

    @Test(arguments: 14..<18)
    func cutInTag(length: Int) {
        let bytes = addresses + [0x81, 0x00, 0x00, 0x05, 0x08, 0x00] + ip
        let packet = decode(Array(bytes.prefix(length)), originalLength: bytes.count)
        #expect(
            packet.stop
                == DecodeError(
                    .vlan, at: 14,
                    .tooShort(needed: 4, available: UInt32(length - 14), limit: .snapshotLength)))
        #expect(packet.vlanTags.isEmpty)
        #expect(packet.etherType == .vlan)
    }

    @Test func moreTagsThanAreKept() {
        let tag: [UInt8] = [0x81, 0x00, 0x00, 0x01]
        let packet = decode(addresses + tag + tag + tag + tag + tag + [0x08, 0x00] + ip)
        #expect(packet.vlanTags.count == 4)
        #expect(packet.stop == DecodeError(.vlan, at: 30, .tooManyHeaders(limit: 4)))
        #expect(packet.network == .none)
    }

    @Test func lengthBehindTagIsNoEtherType() {
        let packet = decode(addresses + [0x81, 0x00, 0x00, 0x01, 0x00, 0x03, 0xaa, 0xaa, 0x03])
        #expect(packet.vlanTags.count == 1)
        #expect(packet.etherType == nil)
        #expect(packet.payload.count == 3)
    }
}
