import FlowAnalysis
import PacketDecode
import Testing

/// A made-up exchange: segments and datagrams as bytes, decoded, and shown to a flow table one by one.
/// A class, for the table has one owner, and `#expect` copies what it is called on.
final class Conversation {
    enum Side { case client, server }

    var table: FlowTable
    var clientPort: UInt16 = 40_000
    var serverPort: UInt16 = 80
    var isIPv6 = false
    /// What relative number 0 is on the wire.
    var clientInitial: UInt32 = 1_000
    var serverInitial: UInt32 = 5_000
    /// IP identifications: counted per side where true, else 0.
    var countsIdentifications = false
    /// The identification of the next packet, over the count; for one that left earlier or was doubled.
    var nextIdentification: UInt16?
    /// Where frames come from in an `any` capture; nil for raw IP.
    var interface: UInt32?
    private(set) var identifications: (client: UInt16, server: UInt16) = (100, 500)
    private(set) var frameNumber: UInt64 = 0
    /// Milliseconds that passed beside the one of each frame.
    private(set) var waited: Int64 = 0

    /// The next frame's time, in nanoseconds; nil for a millisecond after the one before.
    var nextTime: Int64?

    init(limit: Int = 64, hasMeasures: Bool = false) {
        table = FlowTable(limit: limit, hasMeasures: hasMeasures)
    }

    /// A millisecond for each frame.
    static func time(ofFrame number: UInt64) -> Timestamp {
        Timestamp(nanosecondsSinceEpoch: Int64(number) * 1_000_000)
    }

    /// Lets time pass, in milliseconds.
    func wait(_ milliseconds: Int64) { waited += milliseconds }

    private func identification(_ side: Side) -> UInt16 {
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

    /// Sends a segment with relative numbers, and returns what the table says of it.
    func send(
        _ side: Side, _ flags: TCPFlags, _ sequence: Int64, ack: Int64? = nil, data: Int = 0, window: UInt16 = 1_000,
        options: [TCPOption] = []
    ) throws -> FlowObservation {
        let (own, other) = side == .client ? (clientInitial, serverInitial) : (serverInitial, clientInitial)
        let header = TCPHeader(
            sourcePort: side == .client ? clientPort : serverPort,
            destinationPort: side == .client ? serverPort : clientPort,
            sequenceNumber: SequenceNumber(rawValue: own &+ UInt32(truncatingIfNeeded: sequence)),
            acknowledgmentNumber: SequenceNumber(rawValue: ack.map { other &+ UInt32(truncatingIfNeeded: $0) } ?? 0),
            flags: ack == nil ? flags : flags.union(.ack), window: window)
        let observation = show(
            side, .tcp(header, options: TCPOption.encoded(options)), payload: [UInt8](repeating: 0x61, count: data))
        return try #require(observation)
    }

    func sendDatagram(_ side: Side, octets: Int = 10) throws -> FlowObservation {
        let header = UDPHeader(
            sourcePort: side == .client ? clientPort : serverPort,
            destinationPort: side == .client ? serverPort : clientPort)
        return try #require(show(side, .udp(header), payload: [UInt8](repeating: 0x61, count: octets)))
    }

    /// Shows the table a packet from `side`.
    func show(_ side: Side, _ transport: FrameBuilder.Transport, payload: [UInt8] = []) -> FlowObservation? {
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
        let builder = FrameBuilder(link: link, network: network, transport: transport, payload: payload)
        return show(frame: builder.encode())
    }

    /// Shows the table a raw IP packet, of which `originalLength` octets were on the wire.
    func show(frame: [UInt8], originalLength: Int? = nil) -> FlowObservation? {
        frameNumber += 1
        let original = originalLength ?? frame.count
        let packet = PacketDecoder(linkType: interface == nil ? .raw : .linuxSLL2).decode(
            frame.span, originalLength: original)
        let time = nextTime ?? (Int64(frameNumber) + waited) * 1_000_000
        nextTime = nil
        let info = FrameInfo(
            number: frameNumber, timestamp: Timestamp(nanosecondsSinceEpoch: time), capturedLength: frame.count,
            originalLength: original)
        return table.observe(packet, info, frame.span)
    }

    /// SYN, SYN ACK, ACK: frames 1 to 3.
    func shakeHands(clientScale: UInt8? = nil, serverScale: UInt8? = nil) throws {
        _ = try send(.client, .syn, 0, options: clientScale.map { [.windowScale($0)] } ?? [])
        _ = try send(.server, .syn, 0, ack: 1, options: serverScale.map { [.windowScale($0)] } ?? [])
        _ = try send(.client, [], 1, ack: 1)
    }
}

extension FlowObservation {
    /// The retransmission label; nil without one.
    var retransmission: SegmentLabel? {
        guard let labels = tcp?.labels else { return nil }
        return labels.elements.first { $0.kind == .retransmission }
    }
}
