import PacketDecode
import Testing

@Suite struct ARPMessageTests {
    private let link: [UInt8] = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  // destination: broadcast
        0x02, 0x00, 0x00, 0x00, 0x00, 0x01,  // source
        0x08, 0x06,  // EtherType: ARP
    ]
    private let request: [UInt8] = [
        0x00, 0x01,  // hardware type: Ethernet
        0x08, 0x00,  // protocol type: IPv4
        0x06,  // hardware address length
        0x04,  // protocol address length
        0x00, 0x01,  // operation: request
        0x02, 0x00, 0x00, 0x00, 0x00, 0x01,  // sender's hardware address
        0xc0, 0x00, 0x02, 0x01,  // sender's protocol address: 192.0.2.1
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // target's hardware address
        0xc0, 0x00, 0x02, 0x02,  // target's protocol address: 192.0.2.2
    ]

    @Test func golden_isDecoded() {
        let packet = decode(link + request + [UInt8](repeating: 0, count: 18))
        guard case .arp(let message) = packet.network else {
            Issue.record("no ARP message")
            return
        }
        #expect(message.operation == .request)
        #expect(message.hardwareType == 1)
        #expect(message.protocolType == .ipv4)
        #expect(message.addresses?.senderHardwareAddress == MACAddress(rawValue: 0x0200_0000_0001))
        #expect(message.addresses?.senderProtocolAddress == IPv4Address(192, 0, 2, 1))
        #expect(message.addresses?.targetHardwareAddress == MACAddress(rawValue: 0))
        #expect(message.addresses?.targetProtocolAddress == IPv4Address(192, 0, 2, 2))
        #expect(packet.networkOffset == 14)
        #expect(packet.payload.count == 18)
        #expect(packet.stop == nil)
        #expect(encoded(message.encode) == request)
    }

    @Test func builtMessageIsTheSame() throws {
        guard case .arp(let message) = decode(link + request).network else {
            Issue.record("no ARP message")
            return
        }
        let addresses = try #require(message.addresses)
        #expect(ARPMessage(operation: .request, addresses: addresses) == message)
    }

    @Test func reverseARPIsAnARPMessage() {
        var bytes = link + request
        bytes[13] = 0x35
        bytes[12] = 0x80
        bytes[21] = 3
        guard case .arp(let message) = decode(bytes).network else {
            Issue.record("no ARP message")
            return
        }
        #expect(message.operation == .reverseRequest)
    }

    @Test(arguments: 0..<28)
    func cut(length: Int) {
        let packet = decode(link + request.prefix(length), originalLength: 42)
        let needed: UInt32 = length < 8 ? 8 : 28
        #expect(
            packet.stop
                == DecodeError(
                    .arp, at: 14,
                    .tooShort(needed: needed, available: UInt32(length), limit: .snapshotLength)))
        if length < 8 {
            #expect(packet.network == .none)
        } else {
            guard case .arp(let message) = packet.network else {
                Issue.record("no ARP message")
                return
            }
            #expect(message.operation == .request)
            #expect(message.addresses == nil)
        }
    }

    @Test func addressesOfOtherKindsAreNil() {
        var bytes = link + request + [0, 0, 0, 0]
        bytes[15] = 32  // InfiniBand
        guard case .arp(let other) = decode(bytes).network else {
            Issue.record("no ARP message")
            return
        }
        #expect(other.hardwareAddresses == nil)
        #expect(other.protocolAddresses?.sender == IPv4Address(192, 0, 2, 1))
        #expect(other.addresses == nil)
        #expect(encoded(other.encode) == Array(bytes[14..<22]))
        bytes[15] = 1
        bytes[19] = 6  // protocol addresses of six octets
        guard case .arp(let wide) = decode(bytes).network else {
            Issue.record("no ARP message")
            return
        }
        #expect(wide.hardwareAddresses?.sender == MACAddress(rawValue: 0x0200_0000_0001))
        #expect(wide.protocolAddresses == nil)
    }

    @Test func longestLengthsAreTooShort() {
        var bytes = link + request
        bytes[18...19] = [255, 255]
        #expect(decode(bytes).stop?.reason == .tooShort(needed: 1028, available: 28, limit: .frame))
    }
}
