import PacketDecode
import Testing

/// Frames that are built are decoded to the same headers, with lengths and checksums that hold.
@Suite struct FrameBuilderTests {
    static let ethernet = EthernetHeader(
        destination: MACAddress(rawValue: 0x0200_0000_0002), source: MACAddress(rawValue: 0x0200_0000_0001),
        typeOrLength: 0)
    static let ipv4 = IPv4Header(source: IPv4Address(192, 0, 2, 1), destination: IPv4Address(198, 51, 100, 2))
    static let ipv6 = IPv6Header(
        source: IPv6Address(high: 0x2001_0db8_0000_0000, low: 1),
        destination: IPv6Address(high: 0x2001_0db8_0000_0000, low: 2))

    static let transports: [FrameBuilder.Transport] = [
        .tcp(TCPHeader(sourcePort: 40000, destinationPort: 80, flags: [.syn])),
        .tcp(
            TCPHeader(sourcePort: 40000, destinationPort: 80, flags: [.syn]),
            options: TCPOption.encoded([.maximumSegmentSize(1460), .sackPermitted, .windowScale(7)])),
        .udp(UDPHeader(sourcePort: 5353, destinationPort: 53)),
    ]

    @Test(arguments: transports.indices, [0, 1, 2, 7, 1000])
    func checksumsAndLengthsHold(transport: Int, payloadLength: Int) {
        let payload = (0..<payloadLength).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
        for network in [FrameBuilder.Network.ipv4(Self.ipv4), .ipv6(Self.ipv6)] {
            var builder = FrameBuilder(
                link: .ethernet(Self.ethernet), network: network, transport: Self.transports[transport],
                payload: payload)
            let frame = builder.encode()
            let packet = PacketDecoder(linkType: .ethernet).decode(frame.span)
            #expect(packet.stop == nil)
            #expect(packet.payload.count == payloadLength)
            #expect(Array(frame[packet.payload.indices]) == payload)
            #expect(PacketDecoder.verifyChecksums(of: packet, frame.span).transport == .valid)
            if case .ipv4 = network {
                #expect(PacketDecoder.verifyChecksums(of: packet, frame.span).network == .valid)
            }
            builder.checksums = .partial
            let partial = builder.encode()
            #expect(PacketDecoder.verifyChecksums(of: packet, frame.span).transport == .valid)
            let partialPacket = PacketDecoder(linkType: .ethernet).decode(partial.span)
            #expect(PacketDecoder.verifyChecksums(of: partialPacket, partial.span).transport == .partial)
        }
    }

    private func ipv4UDP(_ link: FrameBuilder.Link, tags: [VLANTag] = []) -> [UInt8] {
        FrameBuilder(
            link: link, vlanTags: tags, network: .ipv4(Self.ipv4),
            transport: .udp(UDPHeader(sourcePort: 7, destinationPort: 9)), payload: [1]
        ).encode()
    }

    @Test func everyLinkHeaderAnnouncesWhatFollows() {
        let cooked = LinuxSLLHeader(
            packetType: 0, hardwareType: 1, addressLength: 6, rawAddress: 0x0200_0000_0001_0000, protocolOrType: 0,
            interfaceIndex: 3)
        let tags = [VLANTag(protocolIdentifier: .serviceVLAN, identifier: 5), VLANTag(identifier: 6)]
        let frames: [(LinkType, [UInt8])] = [
            (.ethernet, ipv4UDP(.ethernet(Self.ethernet))), (.ethernet, ipv4UDP(.ethernet(Self.ethernet), tags: tags)),
            (.linuxSLL, ipv4UDP(.linuxSLL(cooked))), (.linuxSLL, ipv4UDP(.linuxSLL(cooked), tags: tags)),
            (.linuxSLL2, ipv4UDP(.linuxSLL2(cooked))), (.loop, ipv4UDP(.loopback(LoopbackHeader(family: 2)))),
            (.null, ipv4UDP(.loopback(LoopbackHeader(family: 2)))), (.raw, ipv4UDP(.none)), (.ipv4, ipv4UDP(.none)),
        ]
        for (linkType, frame) in frames {
            let packet = decode(frame, as: linkType)
            #expect(packet.udp?.destinationPort == 9, "\(linkType)")
            #expect(packet.payload.end == frame.count)
            #expect(packet.stop == nil)
        }
        #expect(decode(frames[1].1).vlanTags.elements == tags)
    }

    @Test func withoutANetworkHeaderTheLinkStandsAsGiven() {
        var link = Self.ethernet
        link.typeOrLength = 0x88b5
        let frame = FrameBuilder(link: .ethernet(link), payload: [1, 2]).encode()
        #expect(decode(frame).link == .ethernet(link))
        #expect(decode(frame).payload.count == 2)
    }

    @Test func arpIsAnnounced() {
        let message = ARPMessage(
            operation: .reply,
            addresses: ARPMessage.Addresses(
                senderHardwareAddress: MACAddress(rawValue: 1), senderProtocolAddress: .loopback,
                targetHardwareAddress: .broadcast, targetProtocolAddress: IPv4Address(10, 0, 0, 1)))
        let frame = FrameBuilder(link: .ethernet(Self.ethernet), network: .arp(message)).encode()
        #expect(decode(frame).network == .arp(message))
        #expect(frame.count == 42)
    }

    @Test func optionsArePaddedToWords() {
        let frame = FrameBuilder(
            network: .ipv4(Self.ipv4, options: [1, 1, 1, 1, 1]),
            transport: .tcp(TCPHeader(sourcePort: 1, destinationPort: 2), options: [1])
        ).encode()
        let packet = decode(frame, as: .ipv4)
        guard case .ipv4(let header) = packet.network else {
            Issue.record("no header")
            return
        }
        #expect(header.headerLength == 28)
        #expect(packet.tcp?.headerLength == 24)
        #expect(packet.payload.isEmpty)
        #expect(checksums(frame, as: .ipv4) == ChecksumReport(network: .valid, transport: .valid))
    }

    @Test func checksumAsGiven() {
        let frame = FrameBuilder(
            network: .ipv4(Self.ipv4),
            transport: .tcp(TCPHeader(sourcePort: 1, destinationPort: 2, checksum: 0xbeef)), checksums: .asGiven
        ).encode()
        #expect(decode(frame, as: .ipv4).tcp?.checksum == 0xbeef)
        #expect(checksums(frame, as: .ipv4).transport == .invalid)
    }

    /// Beyond 65,535 octets there is no length to give, as with offloaded segmentation.
    @Test func packetsBeyondTheLengthField() {
        for network in [FrameBuilder.Network.ipv4(Self.ipv4), .ipv6(Self.ipv6)] {
            let frame = FrameBuilder(
                link: .ethernet(Self.ethernet), network: network,
                transport: .tcp(TCPHeader(sourcePort: 1, destinationPort: 2)),
                payload: [UInt8](repeating: 1, count: 70_000)
            ).encode()
            let packet = decode(frame)
            #expect(packet.payload.count == 70_000)
            #expect(packet.stop == nil)
            #expect(checksums(frame).transport == .valid)
        }
    }
}
