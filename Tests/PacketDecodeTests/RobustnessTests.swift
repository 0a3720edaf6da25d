import PacketDecode
import TestSupport
import Testing

/// Whatever the bytes: no trap, and ranges that stay inside the frame.
@Suite struct RobustnessTests {
    private static let linkTypes: [LinkType] = [
        .null, .ethernet, .raw, .loop, .linuxSLL, .ipv4, .ipv6, .linuxSLL2, LinkType(rawValue: 9999),
    ]

    private static let seeds: [UInt64] = [1, 2, 3, UInt64.random(in: 0...UInt64.max)]

    /// Frames of every shape that the decoder knows.
    private static let frames: [(LinkType, [UInt8])] = {
        let ethernet = FrameBuilder.Link.ethernet(
            EthernetHeader(
                destination: MACAddress(rawValue: 0x0200_0000_0002), source: MACAddress(rawValue: 0x0200_0000_0001),
                typeOrLength: 0))
        let ipv6 = IPv6Header(source: IPv6Address(high: 1, low: 2), destination: IPv6Address(high: 3, low: 4))
        let tcp = FrameBuilder.Transport.tcp(
            TCPHeader(sourcePort: 1, destinationPort: 2, flags: [.syn]),
            options: TCPOption.encoded([
                .maximumSegmentSize(1460), .sackPermitted, .timestamps(TCPTimestamps(value: 1, echoReply: 2)),
                .noOperation, .windowScale(7),
            ]))
        let extensions: [FrameBuilder.ExtensionHeader] = [
            FrameBuilder.ExtensionHeader(kind: .hopByHopOptions, octets: [0, 0, 0xc2, 4, 0, 0, 0, 100]),
            FrameBuilder.ExtensionHeader(
                kind: .routing, octets: [0, 2, 0, 1, 0, 0, 0, 0] + [UInt8](repeating: 5, count: 16)),
            .fragment(IPv6FragmentHeader(nextHeader: .tcp, fragmentOffset: 0, moreFragments: false, identification: 1)),
            FrameBuilder.ExtensionHeader(kind: .destinationOptions, octets: [0, 0, 1, 4, 0, 0, 0, 0]),
        ]
        let sourceRoute: [UInt8] = [131, 7, 4, 10, 0, 0, 1, 0]
        return [
            (.ethernet, LoopbackFrames.syn), (.ethernet, LoopbackFrames.udp),
            (.ethernet, LoopbackFrames.portUnreachable), (.ipv6, LoopbackFrames.portUnreachableOverIPv6),
            (.raw, LoopbackFrames.udpOverIPv6), (.null, [2, 0, 0, 0] + LoopbackFrames.udp[14...]),
            (
                .ethernet,
                FrameBuilder(
                    link: ethernet,
                    vlanTags: [VLANTag(protocolIdentifier: .serviceVLAN, identifier: 1), VLANTag(identifier: 2)],
                    network: .ipv4(
                        IPv4Header(source: .loopback, destination: .loopback), options: sourceRoute),
                    transport: tcp, payload: [1, 2, 3]
                ).encode()
            ),
            (
                .ethernet,
                FrameBuilder(
                    link: ethernet, network: .ipv6(ipv6, extensionHeaders: extensions), transport: tcp, payload: [1]
                ).encode()
            ),
        ]
    }()

    @Test(arguments: seeds)
    func mutatedFrames(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<4000 {
            let (linkType, frame) = Self.frames[round % Self.frames.count]
            var bytes = frame
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let offset = Int.random(in: bytes.indices, using: &generator)
                bytes[offset] =
                    [
                        0, 1, 0xFF, bytes[offset] ^ 1 << UInt8.random(in: 0..<8, using: &generator),
                        UInt8.random(in: 0...255, using: &generator),
                    ].randomElement(using: &generator) ?? 0
            }
            if Bool.random(using: &generator) {
                bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
            }
            check(
                bytes, linkType, originalLength: Int.random(in: 0...3000, using: &generator), "seed \(seed), \(round)")
        }
    }

    @Test(arguments: seeds)
    func randomBytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<4000 {
            let count = Int.random(in: 0...120, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Otherwise few would come past the link header.
            if count > 24, round.isMultiple(of: 2) {
                bytes[12...14] = round.isMultiple(of: 4) ? [0x08, 0x00, 0x45] : [0x86, 0xdd, 0x60]
                bytes[0] = round.isMultiple(of: 4) ? 0x45 : 0x60
            }
            for linkType in Self.linkTypes {
                check(bytes, linkType, originalLength: count, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func everyCutOfEveryFrame() {
        for (index, (linkType, frame)) in Self.frames.enumerated() {
            for length in 0...frame.count {
                let cut = Array(frame.prefix(length))
                check(cut, linkType, originalLength: frame.count, "frame \(index) cut at \(length)")
                check(cut, linkType, originalLength: length, "frame \(index) ending at \(length)")
            }
        }
    }

    private func check(_ bytes: [UInt8], _ linkType: LinkType, originalLength: Int, _ what: String) {
        let packet = decode(bytes, as: linkType, originalLength: originalLength)
        check(packet, bytes, isQuotation: false, what)
        if let quoted = PacketDecoder.decodeQuoted(in: packet, bytes.span) {
            check(quoted, bytes, isQuotation: true, what)
            _ = PacketDecoder.verifyChecksums(of: quoted, bytes.span)
        }
        _ = PacketDecoder.verifyChecksums(of: packet, bytes.span)
        // A value that held another packet makes no difference.
        var reused = decode(LoopbackFrames.syn)
        PacketDecoder(linkType: linkType).decode(bytes.span, originalLength: originalLength, into: &reused)
        if reused != packet { Issue.record("\(what): decoding into a used value differs") }
    }

    private func check(_ packet: DecodedPacket, _ bytes: [UInt8], isQuotation: Bool, _ what: String) {
        var ranges = [packet.payload, packet.authenticationHeader, packet.snapHeader]
        switch packet.network {
        case .ipv4(let header): ranges.append(header.options)
        case .ipv6(let header):
            ranges.append(header.extensionHeaders.range)
            ranges.append(header.extensionHeaders.finalDestination)
        case .none, .arp: break
        }
        switch packet.transport {
        case .tcp(let header): ranges.append(header.options.range)
        case .icmp(let header), .icmpv6(let header): ranges.append(header.quoted)
        case .none, .udp, .prefix: break
        }
        let isInside = ranges.allSatisfy { $0.start <= $0.end && $0.end <= bytes.count }
        let isLong = Int(packet.payloadLength) >= packet.payload.count
        let isOrdered =
            packet.networkOffset <= bytes.count
            && (packet.transportOffset == 0 || packet.networkOffset < packet.transportOffset)
            && (packet.transport == .none || Int(packet.transportOffset) <= packet.payload.start)
        if !isInside || !isLong || !isOrdered { Issue.record("\(what): \(packet)") }
        if let stop = packet.stop, Int(stop.offset) > bytes.count { Issue.record("\(what): \(stop)") }
    }
}
