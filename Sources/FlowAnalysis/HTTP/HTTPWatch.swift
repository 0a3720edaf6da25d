public import PacketDecode

/// Finds HTTP/1.x in a capture, on any port, and says which messages the packets complete.
///
/// It stands beside the flow table: hand it each packet with what the table says of it. A connection is followed from the
/// segment on that begins one side's stream and may begin a message of HTTP; others cost two comparisons a packet. Where the
/// first segment of a stream came late, what overtook it is not seen here.
///
/// Memory is bounded: by `limit` connections, the one that was found first being given up for the next, and for each by a
/// line of 8192 octets a side and what waits for missing octets.
public struct HTTPWatch: ~Copyable {
    private let limit: Int
    private var conversations: [UInt64: HTTPConversation] = [:]
    /// The flows that are followed in the order of their finding, among them some that no longer are.
    private var found: [UInt64] = []

    /// - Parameter limit: connections that are followed at once.
    public init(limit: Int = 1024) { self.limit = max(1, limit) }

    /// Connections that are followed now.
    public var conversationCount: Int { conversations.count }

    /// Takes the capture's next packet.
    ///
    /// - Parameters:
    ///   - packet: what `bytes` was decoded into.
    ///   - observation: what the flow table says of the packet.
    /// - Returns: what it brings about, of the side that sent it or, where it acknowledges what was not captured, of the other;
    ///   empty for nearly all.
    public mutating func observe(
        _ packet: borrowing DecodedPacket, _ bytes: Span<UInt8>, _ observation: borrowing FlowObservation
    ) -> [HTTPEvent] {
        guard observation.isTCP else { return [] }
        let number = observation.segment.relativeSequenceNumber
        // A SYN's number is 0, and its data, with fast open, has 1 all the same.
        let maybeBegins = packet.payloadLength > 0 && (number == 1 || number == 0)
        if !maybeBegins {
            if conversations.isEmpty { return [] }
            if conversations[observation.flow] == nil { return [] }
        }
        return follow(packet, bytes, observation)
    }

    /// Takes a fragment: HTTP speaks with the segment that it completes.
    ///
    /// - Parameter observation: what the flow table says of it.
    public mutating func observe(
        _ fragment: FragmentObservation, _ observation: borrowing FlowObservation
    ) -> [HTTPEvent] {
        guard case .complete(let datagram) = fragment.outcome else { return [] }
        return observe(datagram.decode(), datagram.octets.span, observation)
    }

    @inline(never)
    private mutating func follow(
        _ packet: borrowing DecodedPacket, _ bytes: Span<UInt8>, _ observation: borrowing FlowObservation
    ) -> [HTTPEvent] {
        guard !packet.isFragment, case .tcp(let header) = packet.transport else { return [] }
        let flow = observation.flow
        let payload = bytes.extracting(packet.payload.clamped(to: bytes.count).indices)
        var known = conversations[flow]
        if known == nil { known = begin(flow, payload) }
        guard let conversation = known else { return [] }
        var events: [HTTPEvent] = []
        if header.flags.contains(.rst) {
            conversation.reset(&events)
        } else {
            let hasSYN = header.flags.contains(.syn)
            let hasFIN = header.flags.contains(.fin)
            // A header that is cut tells less than the observation, which knows what the segment had on the wire.
            let controls = (hasSYN ? 1 : 0) + (hasFIN ? 1 : 0)
            let segment = HTTPConversation.Segment(
                start: observation.segment.relativeSequenceNumber + (hasSYN ? 1 : 0),
                length: max(0, Int(observation.segment.sequenceLength) - controls), hasFIN: hasFIN,
                acknowledgment: observation.segment.relativeAcknowledgmentNumber)
            conversation.take(payload, segment, from: observation.direction, &events)
        }
        if conversation.isSilent { conversations[flow] = nil }
        return events
    }

    /// Begins to follow a flow whose stream may begin with HTTP.
    private mutating func begin(_ flow: UInt64, _ payload: Span<UInt8>) -> HTTPConversation? {
        guard HTTPStartLine.isPossible(payload) else { return nil }
        if found.count >= 2 * limit { found.removeAll { conversations[$0] == nil } }
        while conversations.count >= limit, !found.isEmpty { conversations[found.removeFirst()] = nil }
        let conversation = HTTPConversation()
        conversations[flow] = conversation
        found.append(flow)
        return conversation
    }
}
