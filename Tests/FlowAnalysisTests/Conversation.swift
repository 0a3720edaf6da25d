import FlowAnalysis
import PacketDecode
import TestSupport
import Testing

/// A made-up exchange: segments and datagrams as bytes, decoded, and shown to a flow table one by one.
/// A class, for the table has one owner, and `#expect` copies what it is called on.
final class Conversation {
    enum Side {
        case client, server

        var end: ConversationFrames.Side { self == .client ? .client : .server }
    }

    var table: FlowTable
    var frames = ConversationFrames()
    private(set) var frameNumber: UInt64 = 0
    /// Milliseconds that passed beside the one of each frame.
    private(set) var waited: Int64 = 0

    /// The next frame's time, in nanoseconds; nil for a millisecond after the one before.
    var nextTime: Int64?

    init(limit: Int = 64, hasMeasures: Bool = false) {
        table = FlowTable(limit: limit, hasMeasures: hasMeasures)
    }

    // MARK: What frames are made of

    var clientPort: UInt16 {
        get { frames.clientPort }
        set { frames.clientPort = newValue }
    }
    var serverPort: UInt16 {
        get { frames.serverPort }
        set { frames.serverPort = newValue }
    }
    var isIPv6: Bool {
        get { frames.isIPv6 }
        set { frames.isIPv6 = newValue }
    }
    var clientInitial: UInt32 {
        get { frames.clientInitial }
        set { frames.clientInitial = newValue }
    }
    var serverInitial: UInt32 {
        get { frames.serverInitial }
        set { frames.serverInitial = newValue }
    }
    var countsIdentifications: Bool {
        get { frames.countsIdentifications }
        set { frames.countsIdentifications = newValue }
    }
    var nextIdentification: UInt16? {
        get { frames.nextIdentification }
        set { frames.nextIdentification = newValue }
    }
    var interface: UInt32? {
        get { frames.interface }
        set { frames.interface = newValue }
    }
    var identifications: (client: UInt16, server: UInt16) { frames.identifications }

    // MARK: Time and frames

    /// A millisecond for each frame.
    static func time(ofFrame number: UInt64) -> Timestamp {
        Timestamp(nanosecondsSinceEpoch: Int64(number) * 1_000_000)
    }

    /// Lets time pass, in milliseconds.
    func wait(_ milliseconds: Int64) { waited += milliseconds }

    /// Sends a segment with relative numbers, and returns what the table says of it.
    func send(
        _ side: Side, _ flags: TCPFlags, _ sequence: Int64, ack: Int64? = nil, data: Int = 0, window: UInt16 = 1_000,
        options: [TCPOption] = []
    ) throws -> FlowObservation {
        let frame = frames.segment(side.end, flags, sequence, ack: ack, data: data, window: window, options: options)
        let observation = show(frame: frame)
        return try #require(observation)
    }

    func sendDatagram(_ side: Side, octets: Int = 10) throws -> FlowObservation {
        let observation = show(frame: frames.datagram(side.end, octets: octets))
        return try #require(observation)
    }

    /// Shows the table a packet from `side`.
    func show(_ side: Side, _ transport: FrameBuilder.Transport, payload: [UInt8] = []) -> FlowObservation? {
        show(frame: frames.packet(side.end, transport, payload: payload))
    }

    /// Shows the table a raw IP packet, of which `originalLength` octets were on the wire.
    func show(frame: [UInt8], originalLength: Int? = nil) -> FlowObservation? {
        frameNumber += 1
        let original = originalLength ?? frame.count
        let packet = PacketDecoder(linkType: frames.interface == nil ? .raw : .linuxSLL2).decode(
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
