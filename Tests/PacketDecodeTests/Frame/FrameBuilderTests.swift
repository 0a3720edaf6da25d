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
}
