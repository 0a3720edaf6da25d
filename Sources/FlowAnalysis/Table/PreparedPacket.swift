public import PacketDecode

/// What a flow table reads of a packet that is like most: made by `FlowPreparation`, perhaps on another thread, and taken by
/// `FlowTable.measure`.
///
/// Only segments without SYN and without SACK blocks, and datagrams, are told so, where they are whole packets whose headers are
/// there and good. Of any other packet it says that it is another one: the table then decodes its frame.
public struct PreparedPacket: Sendable, BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        case other
        /// A segment with ACK and at most PSH.
        case segment
        /// A segment with other flags, of which SYN is none.
        case flaggedSegment
        case datagram
    }

    /// The frame's first octet, in the buffer that its frame is in.
    let offset: Int
    let info: FrameInfo
    /// What follows is meaningless with `.other`, but that the flow, where it is known, is one with this hash.
    private(set) var key = FlowKey()
    private(set) var hash: UInt32 = 0
    private(set) var sequenceNumber = SequenceNumber(rawValue: 0)
    private(set) var acknowledgmentNumber = SequenceNumber(rawValue: 0)
    private(set) var timestampValue: UInt32 = 0
    private(set) var timestampEcho: UInt32 = 0
    /// Octets of data that the packet had on the wire.
    private(set) var dataLength: UInt32 = 0
    private(set) var window: UInt16 = 0
    /// The IPv4 identification; 0 where there is none.
    private(set) var identification: UInt16 = 0
    private(set) var kind = Kind.other
    private(set) var hasTimestamps = false
    private(set) var isFromLowEnd = false
    private var lowFlags: UInt8 = 0
    // The size is a multiple of 16, so that a copy is not made of pieces that overlap: the processor waits for these.

    @inline(__always)
    init(_ packet: DecodedPacket, _ info: FrameInfo, offset: Int, _ hash: FlowHash) {
        self.offset = offset
        self.info = info
        guard packet.stop == nil, !packet.isFragment else { return }
        switch packet.transport {
        case .tcp(let header):
            guard
                let (key, isFromLowEnd) = FlowKey.make(
                    packet.network, .tcp, source: header.sourcePort, destination: header.destinationPort)
            else { return }
            self.key = key
            self.isFromLowEnd = isFromLowEnd
            self.hash = hash(key)
            guard let kind = Self.kind(header.flags), header.options.sackBlocks.isEmpty else { return }
            // An `any` capture may show a frame twice, which takes a closer look.
            if case .linuxSLL2 = packet.link { return }
            lowFlags = UInt8(truncatingIfNeeded: header.flags.rawValue)
            sequenceNumber = header.sequenceNumber
            acknowledgmentNumber = header.acknowledgmentNumber
            window = header.window
            if let timestamps = header.options.timestamps {
                timestampValue = timestamps.value
                timestampEcho = timestamps.echoReply
                hasTimestamps = true
            }
            if case .ipv4(let ipv4) = packet.network { identification = ipv4.identification }
            self.kind = kind
        case .udp(let header):
            guard
                let (key, isFromLowEnd) = FlowKey.make(
                    packet.network, .udp, source: header.sourcePort, destination: header.destinationPort)
            else { return }
            self.key = key
            self.isFromLowEnd = isFromLowEnd
            self.hash = hash(key)
            kind = .datagram
        case .none, .icmp, .icmpv6, .prefix: return
        }
        dataLength = packet.payloadLength
    }

    @inline(__always)
    init(_ packet: PlainPacket, _ info: FrameInfo, offset: Int, _ hash: FlowHash) {
        self.offset = offset
        self.info = info
        (key, isFromLowEnd) = FlowKey.make(packet)
        self.hash = hash(key)
        if packet.protocol == .tcp {
            guard let kind = Self.kind(packet.flags) else { return }
            self.kind = kind
            lowFlags = UInt8(truncatingIfNeeded: packet.flags.rawValue)
            sequenceNumber = packet.sequenceNumber
            acknowledgmentNumber = packet.acknowledgmentNumber
            window = packet.window
            timestampValue = packet.timestamps.value
            timestampEcho = packet.timestamps.echoReply
            hasTimestamps = packet.hasTimestamps
            identification = packet.identification
        } else {
            kind = .datagram
        }
        dataLength = packet.payloadLength
    }

    /// A segment's flags.
    var flags: TCPFlags { TCPFlags(rawValue: UInt16(lowFlags)) }

    /// What a segment with these flags is; nil for another one.
    private static func kind(_ flags: TCPFlags) -> Kind? {
        if flags.union(.psh) == [.ack, .psh] { return .segment }
        return flags.contains(.syn) || flags.rawValue > UInt8.max ? nil : .flaggedSegment
    }
}

/// Makes `PreparedPacket`s for one table. A value: it may work on another thread than the table.
public struct FlowPreparation: Sendable {
    private let hash: FlowHash

    init(_ hash: FlowHash) { self.hash = hash }

    /// - Parameters:
    ///   - packet: a decoded frame.
    ///   - offset: where the frame stands in the buffer that `FlowTable.measure` will be handed.
    @inline(__always)
    public func callAsFunction(_ packet: PlainPacket, _ info: FrameInfo, offset: Int) -> PreparedPacket {
        PreparedPacket(packet, info, offset: offset, hash)
    }

    /// The same of a packet that is perhaps no plain one.
    @inline(__always)
    public func callAsFunction(_ packet: DecodedPacket, _ info: FrameInfo, offset: Int) -> PreparedPacket {
        PreparedPacket(packet, info, offset: offset, hash)
    }
}
