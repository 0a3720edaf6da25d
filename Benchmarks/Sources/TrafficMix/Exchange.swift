import PacketDecode

/// One TCP connection or UDP exchange between two made-up hosts.
struct Exchange {
    /// One end.
    private struct End {
        var address: UInt32
        var port: UInt16
        /// The next sequence number.
        var next: UInt32
        /// The last segment's first number and length, to send it again.
        var last: (start: UInt32, length: Int) = (0, 0)
        var clock: UInt32
    }

    private enum Step { case syn, synACK, ack, data, fin, finACK, lastACK, over }

    private let isTCP: Bool
    private let isIPv6: Bool
    private let tags: [VLANTag]
    private var client: End
    private var server: End
    private var step: Step
    private var remaining: Int

    init(_ index: Int, _ generator: inout SeededGenerator) {
        isTCP = generator.chance(80)
        isIPv6 = generator.chance(20)
        var tags: [VLANTag] = []
        if generator.chance(10) {
            if generator.chance(10) { tags.append(VLANTag(protocolIdentifier: .serviceVLAN, controlInformation: 7)) }
            tags.append(VLANTag(protocolIdentifier: .vlan, controlInformation: UInt16(index & 0xFFF)))
        }
        self.tags = tags
        client = End(
            address: 0x0A00_0000 | UInt32(index & 0xFFFF), port: UInt16.random(in: 32_768...60_999, using: &generator),
            next: UInt32.random(in: 0...UInt32.max, using: &generator),
            clock: UInt32.random(in: 0...UInt32.max, using: &generator))
        server = End(
            address: 0xC0A8_0000 | UInt32(index % 50), port: isTCP ? 443 : 53,
            next: UInt32.random(in: 0...UInt32.max, using: &generator),
            clock: UInt32.random(in: 0...UInt32.max, using: &generator))
        step = isTCP ? .syn : .data
        remaining = Int.random(in: 2...200, using: &generator)
    }

    var isOver: Bool { step == .over }

    mutating func next(_ generator: inout SeededGenerator) -> FrameBuilder {
        guard isTCP else {
            remaining -= 1
            if remaining <= 0 { step = .over }
            let isFromClient = generator.chance(50)
            let (from, to) = isFromClient ? (client, server) : (server, client)
            return frame(
                from, to, .udp(UDPHeader(sourcePort: from.port, destinationPort: to.port)),
                payload: Int.random(in: 12...1_200, using: &generator))
        }
        switch step {
        case .syn:
            step = .synACK
            return segment(fromClient: true, .syn, options: Self.handshake(client.clock, 0))
        case .synACK:
            step = .ack
            return segment(fromClient: false, [.syn, .ack], options: Self.handshake(server.clock, client.clock))
        case .ack:
            step = .data
            return segment(fromClient: true, .ack)
        case .data:
            remaining -= 1
            if remaining <= 0 { step = .fin }
            return data(&generator)
        case .fin:
            step = .finACK
            return segment(fromClient: true, [.fin, .ack])
        case .finACK:
            step = .lastACK
            return segment(fromClient: false, [.fin, .ack])
        case .lastACK, .over:
            step = .over
            return segment(fromClient: true, .ack)
        }
    }

    /// Data from the server mostly, an acknowledgment of it in a third of the cases, data sent again now and then.
    private mutating func data(_ generator: inout SeededGenerator) -> FrameBuilder {
        if generator.chance(33) {
            if generator.chance(2) {
                let zero = SequenceNumber(rawValue: 0)
                var blocks = BoundedArray<4, SACKBlock>(filler: SACKBlock(leftEdge: zero, rightEdge: zero))
                let edge = SequenceNumber(rawValue: server.next)
                blocks.append(SACKBlock(leftEdge: edge.advanced(by: 1_448), rightEdge: edge.advanced(by: 4_344)))
                return segment(fromClient: true, .ack, options: [.noOperation, .noOperation, .sack(blocks)])
            }
            return segment(fromClient: true, .ack)
        }
        let isFromClient = generator.chance(20)
        if generator.chance(2) { return segment(fromClient: isFromClient, [.psh, .ack], isResend: true) }
        let length = generator.chance(60) ? 1_448 : Int.random(in: 1...1_448, using: &generator)
        return segment(fromClient: isFromClient, [.psh, .ack], data: length)
    }

    private mutating func segment(
        fromClient: Bool, _ flags: TCPFlags, data: Int = 0, isResend: Bool = false, options extra: [TCPOption] = []
    ) -> FrameBuilder {
        var from = fromClient ? client : server
        let to = fromClient ? server : client
        var start = from.next
        var length = data
        if isResend {
            (start, length) = from.last
        } else {
            if data > 0 { from.last = (start, data) }
            from.next &+= UInt32(data) &+ (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
        }
        from.clock &+= 1
        let header = TCPHeader(
            sourcePort: from.port, destinationPort: to.port, sequenceNumber: SequenceNumber(rawValue: start),
            acknowledgmentNumber: SequenceNumber(rawValue: flags.contains(.ack) ? to.next : 0), flags: flags,
            window: flags.contains(.syn) ? 64_240 : 501)
        var options = extra
        if !flags.contains(.syn) {
            let timestamps = TCPOption.timestamps(TCPTimestamps(value: from.clock, echoReply: to.clock))
            options = [.noOperation, .noOperation, timestamps] + extra
        }
        if fromClient { client = from } else { server = from }
        return frame(from, to, .tcp(header, options: TCPOption.encoded(options)), payload: length)
    }

    /// As Linux orders them.
    private static func handshake(_ value: UInt32, _ echoReply: UInt32) -> [TCPOption] {
        [
            .maximumSegmentSize(1_460), .sackPermitted,
            .timestamps(TCPTimestamps(value: value, echoReply: echoReply)), .noOperation, .windowScale(7),
        ]
    }

    private func frame(
        _ from: End, _ to: End, _ transport: FrameBuilder.Transport, payload: Int
    ) -> FrameBuilder {
        let network: FrameBuilder.Network
        if isIPv6 {
            let prefix: UInt64 = 0x2001_0DB8_0000_0000
            network = .ipv6(
                IPv6Header(
                    source: IPv6Address(high: prefix, low: UInt64(from.address)),
                    destination: IPv6Address(high: prefix, low: UInt64(to.address))))
        } else {
            network = .ipv4(
                IPv4Header(
                    source: IPv4Address(rawValue: from.address), destination: IPv4Address(rawValue: to.address)))
        }
        return FrameBuilder(
            link: .ethernet(
                EthernetHeader(
                    destination: MACAddress(rawValue: 0x0200_0000_0000 | UInt64(to.address)),
                    source: MACAddress(rawValue: 0x0200_0000_0000 | UInt64(from.address)), typeOrLength: 0)),
            vlanTags: tags, network: network, transport: transport, payload: [UInt8](repeating: 0x77, count: payload))
    }
}
