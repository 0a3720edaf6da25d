public import PacketDecode

/// A made-up exchange of two ends as bytes: segments and datagrams with relative numbers, encoded as frames.
public struct ConversationFrames: Sendable {
    public enum Side: Sendable { case client, server }

    public var clientPort: UInt16 = 40_000
    public var serverPort: UInt16 = 80
    public var isIPv6 = false
    /// What relative number 0 is on the wire.
    public var clientInitial: UInt32 = 1_000
    public var serverInitial: UInt32 = 5_000
    /// IP identifications: counted per side where true, else 0.
    public var countsIdentifications = false
    /// The identification of the next packet, over the count; for one that left earlier or was doubled.
    public var nextIdentification: UInt16?
    /// Where frames come from in an `any` capture; nil for raw IP.
    public var interface: UInt32?
    public private(set) var identifications: (client: UInt16, server: UInt16) = (100, 500)

    public init() {}

    /// A segment with relative numbers.
    public mutating func segment(
        _ side: Side, _ flags: TCPFlags, _ sequence: Int64, ack: Int64? = nil, data: Int = 0, window: UInt16 = 1_000,
        options: [TCPOption] = []
    ) -> [UInt8] {
        let (own, other) = side == .client ? (clientInitial, serverInitial) : (serverInitial, clientInitial)
        let header = TCPHeader(
            sourcePort: side == .client ? clientPort : serverPort,
            destinationPort: side == .client ? serverPort : clientPort,
            sequenceNumber: SequenceNumber(rawValue: own &+ UInt32(truncatingIfNeeded: sequence)),
            acknowledgmentNumber: SequenceNumber(rawValue: ack.map { other &+ UInt32(truncatingIfNeeded: $0) } ?? 0),
            flags: ack == nil ? flags : flags.union(.ack), window: window)
        return packet(
            side, .tcp(header, options: TCPOption.encoded(options)), payload: [UInt8](repeating: 0x61, count: data))
    }

    public mutating func datagram(_ side: Side, octets: Int) -> [UInt8] {
        let header = UDPHeader(
            sourcePort: side == .client ? clientPort : serverPort,
            destinationPort: side == .client ? serverPort : clientPort)
        return packet(side, .udp(header), payload: [UInt8](repeating: 0x61, count: octets))
    }

    /// A packet from `side`.
    public mutating func packet(
        _ side: Side, _ transport: FrameBuilder.Transport, payload: [UInt8] = []
    ) -> [UInt8] {
        let network: FrameBuilder.Network
        if isIPv6 {
            let (client, server) = (IPv6Address(high: 1, low: 1), IPv6Address(high: 1, low: 2))
            network = .ipv6(
                IPv6Header(
                    source: side == .client ? client : server, destination: side == .client ? server : client))
        } else {
            let (client, server) = (IPv4Address(10, 0, 0, 1), IPv4Address(10, 0, 0, 2))
            network = .ipv4(
                IPv4Header(
                    source: side == .client ? client : server, destination: side == .client ? server : client,
                    identification: identification(side)))
        }
        var link = FrameBuilder.Link.none
        if let interface {
            link = .linuxSLL2(
                LinuxSLLHeader(
                    packetType: 0, hardwareType: 1, addressLength: 6, rawAddress: 0, protocolOrType: 0,
                    interfaceIndex: interface))
        }
        return FrameBuilder(link: link, network: network, transport: transport, payload: payload).encode()
    }

    /// The fragments of a raw IPv4 packet without options, its data cut at `cuts`, multiples of eight.
    public static func fragments(of packet: [UInt8], at cuts: [Int]) -> [[UInt8]] {
        let data = packet.dropFirst(IPv4Header.minimumLength)
        let edges = [0] + cuts + [data.count]
        return zip(edges, edges.dropFirst()).map { start, end in
            var fragment = packet.prefix(IPv4Header.minimumLength) + data.dropFirst(start).prefix(end - start)
            let offsetAndFlags = UInt16(start / 8) | (end < data.count ? 0x2000 : 0)
            for (position, value) in [(2, UInt16(fragment.count)), (6, offsetAndFlags), (10, 0)] {
                fragment[position] = UInt8(value >> 8)
                fragment[position + 1] = UInt8(truncatingIfNeeded: value)
            }
            var sum = InternetChecksum()
            sum.add(Array(fragment.prefix(IPv4Header.minimumLength)).span)
            fragment[10] = UInt8(sum.checksum >> 8)
            fragment[11] = UInt8(truncatingIfNeeded: sum.checksum)
            return Array(fragment)
        }
    }

    private mutating func identification(_ side: Side) -> UInt16 {
        guard countsIdentifications else { return 0 }
        if let given = nextIdentification {
            nextIdentification = nil
            return given
        }
        if side == .client {
            identifications.client &+= 1
            return identifications.client
        }
        identifications.server &+= 1
        return identifications.server
    }
}

extension ConversationFrames {
    /// SACK blocks of the other side's relative numbers, for a segment of `side`.
    public func sack(_ side: Side, _ blocks: [(Int64, Int64)]) -> TCPOption {
        let initial = side == .client ? serverInitial : clientInitial
        func number(_ position: Int64) -> SequenceNumber {
            SequenceNumber(rawValue: initial &+ UInt32(truncatingIfNeeded: position))
        }
        var list = BoundedArray<4, SACKBlock>(filler: SACKBlock(leftEdge: number(0), rightEdge: number(0)))
        for block in blocks {
            list.append(SACKBlock(leftEdge: number(block.0), rightEdge: number(block.1)))
        }
        return .sack(list)
    }

    public static func stamp(_ value: UInt32, echo: UInt32 = 1) -> TCPOption {
        .timestamps(TCPTimestamps(value: value, echoReply: echo))
    }
}
