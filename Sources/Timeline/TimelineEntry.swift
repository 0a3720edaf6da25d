public import FlowAnalysis
public import PacketDecode
public import SocketEvents

/// A frame as the timeline holds it: owned, for it outlives the capture's buffer.
public struct PacketEvent: Sendable {
    public let info: FrameInfo
    public let linkType: LinkType
    public let packet: DecodedPacket
    /// The octets that were captured; the packet's ranges are into them.
    public let bytes: [UInt8]
    /// What the flow says of the packet; nil for what is neither TCP nor UDP.
    public let flow: FlowObservation?
    /// What HTTP said with the packet; empty for most.
    public let http: [HTTPEvent]
    /// The host whose interface the capture watched; nil where there is one capture alone. Frame numbers count for each
    /// host by itself.
    public let host: HostName?

    public init(
        info: FrameInfo, linkType: LinkType, packet: DecodedPacket, bytes: [UInt8], flow: FlowObservation?,
        http: [HTTPEvent] = [], host: HostName? = nil
    ) {
        self.info = info
        self.linkType = linkType
        self.packet = packet
        self.bytes = bytes
        self.flow = flow
        self.http = http
        self.host = host
    }

    /// Why the frame is a retransmission; nil where it is none.
    public var retransmission: SegmentLabel? {
        guard let labels = flow?.tcp?.labels else { return nil }
        return labels.elements.first { $0.kind == .retransmission }
    }
}

/// What the kernel said of a socket, and on what occasion it was asked.
public struct KernelEvent: Sendable {
    public enum Occasion: Sendable, Hashable {
        /// A frame of the capture, by its number, was labelled a retransmission.
        case retransmission(frame: UInt64)
        /// A datagram was sent that nobody received.
        case datagramMissing
        /// The kernel is asked again and again.
        case periodic
        /// The exchange was over.
        case end
    }

    public enum Answer: Sendable, Hashable {
        /// Of a TCP connection (TCP_INFO).
        case connection(KernelSample)
        /// Of a UDP socket at `local` (SO_MEMINFO).
        case datagramSocket(local: Endpoint, SocketMemoryInfo)
    }

    /// The part that the socket plays; nil for a socket of any program, of which the kernel alone told.
    public let role: SocketRole?
    /// The host whose socket it is; nil where there is one host alone.
    public let host: HostName?
    public let occasion: Occasion
    /// When the kernel was asked, on the frames' clock.
    public let timestamp: Timestamp
    public let answer: Answer

    public init(
        role: SocketRole? = nil, host: HostName? = nil, occasion: Occasion, timestamp: Timestamp, answer: Answer
    ) {
        self.role = role
        self.host = host
        self.occasion = occasion
        self.timestamp = timestamp
        self.answer = answer
    }
}

/// One thing that happened, and when.
public struct TimelineEntry: Sendable {
    public enum Event: Sendable {
        case packet(PacketEvent)
        case socket(SocketEvent)
        case kernel(KernelEvent)
        case link(LinkEvent)
    }

    /// The place on the timeline, on the frames' clock.
    public let time: Timestamp
    /// The host where it happened, of a verdict the one that sent the frame; nil where there is one host alone.
    public let host: HostName?
    public let event: Event

    public init(_ packet: PacketEvent) {
        time = packet.info.timestamp
        host = packet.host
        event = .packet(packet)
    }

    /// - Parameter host: where the program runs that made the call.
    public init(_ socket: SocketEvent, host: HostName? = nil) {
        time = socket.timelineTime
        self.host = host
        event = .socket(socket)
    }

    /// The same of a call that stands at its start, where it ended; nil for all else.
    var atEnd: TimelineEntry? {
        guard case .socket(let socket) = event, socket.end > time else { return nil }
        return TimelineEntry(time: socket.end, host: host, event: event)
    }

    private init(time: Timestamp, host: HostName?, event: Event) {
        self.time = time
        self.host = host
        self.event = event
    }

    public init(_ kernel: KernelEvent) {
        time = kernel.timestamp
        host = kernel.host
        event = .kernel(kernel)
    }

    /// A verdict stands where it takes effect: of a frame that was dropped, where it entered the link; of one that got
    /// through, where it left it last.
    public init(_ link: LinkEvent) {
        time = link.fate.end
        host = link.source
        event = .link(link)
    }
}
