import PacketDecode
import Testing

/// The short way to read a frame: what it says is what `decode` says.
@Suite struct PlainPacketTests {
    private static let ethernet = FrameBuilder.Link.ethernet(
        EthernetHeader(
            destination: MACAddress(rawValue: 0x0200_0000_0002), source: MACAddress(rawValue: 0x0200_0000_0001),
            typeOrLength: 0))
    private static let timestamps = TCPOption.encoded([
        .noOperation, .noOperation, .timestamps(TCPTimestamps(value: 0x0102_0304, echoReply: 0x0506_0708)),
    ])

    private static let networks: [FrameBuilder.Network] = [
        .ipv4(IPv4Header(source: IPv4Address(10, 1, 2, 3), destination: .loopback, identification: 0x4321)),
        .ipv6(IPv6Header(source: IPv6Address(high: 1, low: 2), destination: IPv6Address(high: 3, low: 4))),
    ]

    private static let transports: [FrameBuilder.Transport] = [
        .tcp(
            TCPHeader(
                sourcePort: 40_000, destinationPort: 443, sequenceNumber: SequenceNumber(rawValue: 7),
                acknowledgmentNumber: SequenceNumber(rawValue: 9), flags: [.ack, .psh], window: 501),
            options: timestamps),
        .tcp(TCPHeader(sourcePort: 1, destinationPort: 2, flags: [.fin, .ack, .ae])),
        .udp(UDPHeader(sourcePort: 53, destinationPort: 5_353)),
    ]

    private static let frames: [(LinkType, [UInt8])] = networks.flatMap { network in
        transports.flatMap { transport in
            [0, 1, 2].map { tags in
                let tag = VLANTag(identifier: 5)
                return (
                    LinkType.ethernet,
                    FrameBuilder(
                        link: ethernet, vlanTags: Array(repeating: tag, count: tags), network: network,
                        transport: transport, payload: [1, 2, 3]
                    ).encode()
                )
            } + [
                (
                    LinkType.raw, FrameBuilder(network: network, transport: transport, payload: [4]).encode()
                )
            ]
        }
    }

    /// Checks a frame, and says whether it was plain.
    private static func check(_ linkType: LinkType, _ bytes: [UInt8], originalLength: Int) -> Bool {
        let decoder = PacketDecoder(linkType: linkType)
        var plain = PlainPacket()
        guard decoder.readPlain(bytes.span, originalLength: originalLength, into: &plain) else { return false }
        let packet = decoder.decode(bytes.span, originalLength: originalLength)
        guard packet.stop == nil, !packet.isFragment, let ends = packet.addresses, let ports = packet.ports else {
            Issue.record("plain, but not to decode: \(bytes)")
            return true
        }
        func same(_ address: IPAddress, _ plain: IPv6Address, isIPv6: Bool) -> Bool {
            switch address {
            case .v4(let address): !isIPv6 && plain == IPv6Address(high: 0, low: UInt64(address.rawValue))
            case .v6(let address): isIPv6 && plain == address
            }
        }
        #expect(same(ends.source, plain.source, isIPv6: plain.isIPv6), "\(bytes)")
        #expect(same(ends.destination, plain.destination, isIPv6: plain.isIPv6), "\(bytes)")
        #expect(plain.protocol == packet.ipProtocol && plain.payloadLength == packet.payloadLength, "\(bytes)")
        #expect((plain.sourcePort, plain.destinationPort) == ports, "\(bytes)")
        if case .ipv4(let header) = packet.network {
            #expect(plain.identification == header.identification)
        } else {
            #expect(plain.identification == 0)
        }
        guard let tcp = packet.tcp else { return true }
        #expect(plain.sequenceNumber == tcp.sequenceNumber && plain.acknowledgmentNumber == tcp.acknowledgmentNumber)
        #expect(plain.flags == tcp.flags && plain.window == tcp.window)
        #expect((plain.hasTimestamps ? plain.timestamps : nil) == tcp.options.timestamps)
        #expect(tcp.options.sackBlocks.isEmpty && tcp.options.windowScale == nil)
        return true
    }

    @Test func framesLikeMostArePlain() {
        for (linkType, bytes) in Self.frames {
            #expect(Self.check(linkType, bytes, originalLength: bytes.count), "\(bytes)")
            // Data that the snapshot length cut is of no account.
            #expect(Self.check(linkType, Array(bytes.dropLast()), originalLength: bytes.count), "\(bytes)")
        }
    }

    @Test func everyCutIsToldAsDecodeTellsIt() {
        for (linkType, bytes) in Self.frames {
            for count in 0...bytes.count {
                _ = Self.check(linkType, Array(bytes[..<count]), originalLength: bytes.count)
                _ = Self.check(linkType, Array(bytes[..<count]), originalLength: count)
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func octetsAtRandom(seed: UInt64) {
        var state = seed
        func random(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var plainCount = 0
        for _ in 0..<20_000 {
            var (linkType, bytes) = Self.frames[random(below: Self.frames.count)]
            for _ in 0...random(below: 3) { bytes[random(below: bytes.count)] = UInt8(random(below: 256)) }
            if Self.check(linkType, bytes, originalLength: bytes.count + random(below: 2)) { plainCount += 1 }
        }
        // Most changes leave the frame a plain one.
        #expect(plainCount > 5_000, "seed \(seed)")
    }
}
