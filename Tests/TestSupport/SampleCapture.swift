public import PacketDecode

/// A small capture made in memory: a bit of everything that a line of text has to hold.
public enum SampleCapture {
    /// A frame as a capture file holds it.
    public struct Frame: Sendable {
        public var timestamp: Timestamp
        public var bytes: [UInt8]
        /// Octets on the wire; more than `bytes` has where the frame is cut.
        public var originalLength: Int

        public init(_ nanoseconds: Int64, _ bytes: [UInt8], originalLength: Int? = nil) {
            timestamp = Timestamp(nanosecondsSinceEpoch: nanoseconds)
            self.bytes = bytes
            self.originalLength = originalLength ?? bytes.count
        }

        /// The timestamp as seconds since 1970 with nine decimals.
        public var epochSeconds: String {
            "\(timestamp.seconds)." + String(1_000_000_000 + timestamp.subsecondNanoseconds).dropFirst()
        }
    }

    /// 2025-11-24T16:00:00Z.
    public static let start: Int64 = 1_764_000_000_000_000_000

    private static let ethernet = FrameBuilder.Link.ethernet(
        EthernetHeader(
            destination: MACAddress(rawValue: 0x0200_0000_0002), source: MACAddress(rawValue: 0x0200_0000_0001),
            typeOrLength: 0))

    private static func ipv4(
        toServer: Bool, _ transport: FrameBuilder.Transport, payload: [UInt8] = [], identification: UInt16 = 0,
        flagsAndFragmentOffset: UInt16 = 0x4000, vlanTags: [VLANTag] = [], protocol: IPProtocol = .tcp
    ) -> [UInt8] {
        let (client, server) = (IPv4Address(10, 0, 0, 1), IPv4Address(10, 0, 0, 2))
        let header = IPv4Header(
            source: toServer ? client : server, destination: toServer ? server : client, protocol: `protocol`,
            identification: identification, flagsAndFragmentOffset: flagsAndFragmentOffset)
        return FrameBuilder(
            link: ethernet, vlanTags: vlanTags, network: .ipv4(header), transport: transport, payload: payload
        ).encode()
    }

    static func segment(
        toServer: Bool, _ flags: TCPFlags, sequence: UInt32, acknowledgment: UInt32 = 0, window: UInt16 = 502,
        options: [TCPOption] = [], payload: [UInt8] = [], vlanTags: [VLANTag] = []
    ) -> [UInt8] {
        let header = TCPHeader(
            sourcePort: toServer ? 40000 : 7000, destinationPort: toServer ? 7000 : 40000,
            sequenceNumber: SequenceNumber(rawValue: sequence),
            acknowledgmentNumber: SequenceNumber(rawValue: acknowledgment), flags: flags, window: window)
        return ipv4(
            toServer: toServer, .tcp(header, options: TCPOption.encoded(options)), payload: payload, vlanTags: vlanTags)
    }

    private static func sackOption(_ left: UInt32, _ right: UInt32) -> TCPOption {
        let block = SACKBlock(leftEdge: SequenceNumber(rawValue: left), rightEdge: SequenceNumber(rawValue: right))
        var blocks = BoundedArray<4, SACKBlock>(filler: block)
        blocks.append(block)
        return .sack(blocks)
    }

    /// A handshake, data, a retransmission, a SACK, FIN and RST: eight frames of one connection.
    public static let connection: [Frame] = {
        let handshake: [TCPOption] = [
            .maximumSegmentSize(1460), .sackPermitted, .timestamps(TCPTimestamps(value: 1, echoReply: 0)),
            .noOperation, .windowScale(7),
        ]
        let data = [UInt8](repeating: 0x61, count: 500)
        return [
            Frame(start, segment(toServer: true, .syn, sequence: 1000, window: 64240, options: handshake)),
            Frame(
                start + 31_000,
                segment(
                    toServer: false, [.syn, .ack], sequence: 5000, acknowledgment: 1001, window: 65160,
                    options: handshake)),
            Frame(start + 44_000, segment(toServer: true, .ack, sequence: 1001, acknowledgment: 5001)),
            Frame(
                start + 20_331_000,
                segment(toServer: true, [.psh, .ack], sequence: 1001, acknowledgment: 5001, payload: data)),
            Frame(
                start + 223_914_000,
                segment(toServer: true, [.psh, .ack], sequence: 1001, acknowledgment: 5001, payload: data)),
            Frame(
                start + 224_001_123,
                segment(
                    toServer: false, .ack, sequence: 5001, acknowledgment: 1501, options: [sackOption(1001, 1501)])),
            Frame(start + 225_000_000, segment(toServer: true, [.fin, .ack], sequence: 1501, acknowledgment: 5001)),
            Frame(
                start + 225_100_000,
                segment(toServer: false, [.rst, .ack], sequence: 5001, acknowledgment: 1502, window: 0)),
        ]
    }()

    /// A datagram with control characters in it, and the ICMP error that answers it.
    public static let refusedDatagram: [Frame] = {
        let datagram = ipv4(
            toServer: true, .udp(UDPHeader(sourcePort: 5353, destinationPort: 9)), payload: Array("\u{1B}[31m".utf8),
            protocol: .udp)
        let error = ipv4(
            toServer: false, .icmp(ICMPHeader(type: 3, code: 3)), payload: Array(datagram.dropFirst(14)),
            protocol: .icmp)
        return [Frame(start + 300_000_000, datagram), Frame(start + 300_020_000, error)]
    }()

    /// ARP, a VLAN tag, IPv6 with long addresses, a later fragment, an unknown EtherType, a cut and a malformed frame.
    public static let mixture: [Frame] = {
        let addresses = ARPMessage.Addresses(
            senderHardwareAddress: MACAddress(rawValue: 0x0200_0000_0001),
            senderProtocolAddress: IPv4Address(10, 0, 0, 1), targetHardwareAddress: MACAddress(rawValue: 0),
            targetProtocolAddress: IPv4Address(10, 0, 0, 2))
        let arp = FrameBuilder(
            link: ethernet, network: .arp(ARPMessage(operation: .request, addresses: addresses)))
        let tagged = segment(
            toServer: true, .ack, sequence: 1502, acknowledgment: 5002,
            vlanTags: [VLANTag(protocolIdentifier: .vlan, controlInformation: 100)])
        let long = FrameBuilder(
            link: ethernet,
            network: .ipv6(
                IPv6Header(
                    source: IPv6Address(high: 0x2001_0DB8_1234_5678, low: 0x9ABC_DEF0_1234_5678),
                    destination: IPv6Address(high: 0x2001_0DB8_0000_0000, low: 1), nextHeader: .udp)),
            transport: .udp(UDPHeader(sourcePort: 4660, destinationPort: 53)), payload: [1, 2, 3])
        let fragment = ipv4(
            toServer: true, .none, payload: [UInt8](repeating: 0, count: 100), identification: 0x1234,
            flagsAndFragmentOffset: 185, protocol: .udp)
        let unknown: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x12, 0x34, 0xDE, 0xAD]
        let whole = segment(toServer: true, .ack, sequence: 1502, acknowledgment: 5002)
        var malformed = whole
        // The total length, 18, is less than the header's.
        malformed[16] = 0
        malformed[17] = 18
        let times = (0..<7).map { start + 400_000_000 + Int64($0) * 1_000_000 }
        return [
            Frame(times[0], arp.encode()), Frame(times[1], tagged), Frame(times[2], long.encode()),
            Frame(times[3], fragment), Frame(times[4], unknown),
            Frame(times[5], Array(whole.prefix(46)), originalLength: whole.count), Frame(times[6], malformed),
        ]
    }()

    public static let all: [Frame] = connection + refusedDatagram + mixture

    /// The frames as a pcap file with nanoseconds, little-endian, of link type Ethernet unless another LINKTYPE_ is given.
    public static func pcap(_ frames: [Frame], linkType: UInt32 = 1) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: UInt32) {
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
        }
        for value: UInt32 in [0xA1B2_3C4D, 0x0004_0002, 0, 0, 262_144, linkType] { append(value) }
        for frame in frames {
            append(UInt32(frame.timestamp.seconds))
            append(UInt32(frame.timestamp.subsecondNanoseconds))
            append(UInt32(frame.bytes.count))
            append(UInt32(frame.originalLength))
            bytes += frame.bytes
        }
        return bytes
    }
}
