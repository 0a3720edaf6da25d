public import FlowAnalysis
public import PacketDecode

extension OutputBuffer {
    /// Appends something that was said on a followed flow as the event `stream`, on a line of its own.
    ///
    /// `offset` counts a side's octets from 0; `content` is escaped as text output is.
    public mutating func appendJSON(_ event: FollowedEvent, _ octets: Span<UInt8>, flow: UInt64) {
        beginObject()
        member("event", "stream")
        key("flow")
        value(flow)
        member("kind", event.kind.name)
        member("direction", event.direction == .fromInitiator ? "fromInitiator" : "fromResponder")
        key("number")
        value(event.frame.number)
        key("timestamp")
        value(event.frame.timestamp)
        switch event.kind {
        case .start(let initiator, let responder, let `protocol`):
            key("protocol")
            value(`protocol`.rawValue)
            key("initiator")
            value(initiator)
            key("responder")
            value(responder)
        case .stream(.data(let start)):
            member("offset", start - 1)
            member("octets", Int64(octets.count))
            append(content: octets)
        case .stream(.gap(let start, let end, let reason)):
            member("offset", start - 1)
            member("octets", end - start)
            member("reason", reason.rawValue)
        case .stream(.conflict(let conflict)):
            member("offset", conflict.start - 1)
            member("octets", Int64(conflict.octetCount))
            member("kept", conflict.kept.rawValue)
        case .datagram(let length):
            member("octets", Int64(length))
            member("missingOctets", Int64(max(0, length - octets.count)))
            append(content: octets)
        case .incompleteDatagram(let datagram):
            member("reason", datagram.reason.rawValue)
            key("frames")
            beginArray()
            for frame in datagram.frames { value(frame) }
            endArray()
        case .fin, .reset, .noEnd: break
        }
        endObject()
        endLine()
    }

    /// Appends what HTTP said on a followed flow as the event `stream` of the kind `http`, on a line of its own.
    public mutating func appendJSON(_ said: HTTPEvent, _ direction: FlowDirection, _ frame: FrameInfo, flow: UInt64) {
        beginObject()
        member("event", "stream")
        key("flow")
        value(flow)
        member("kind", "http")
        member("direction", direction == .fromInitiator ? "fromInitiator" : "fromResponder")
        key("number")
        value(frame.number)
        key("timestamp")
        value(frame.timestamp)
        key("http")
        appendJSON(said)
        endObject()
        endLine()
    }

    /// Appends what a followed flow came to as the event `summary`, on a line of its own.
    public mutating func appendJSON(_ totals: ConversationTotals) {
        beginObject()
        member("event", "summary")
        key("flow")
        value(totals.flow)
        for (name, side) in [("initiator", totals.initiator), ("responder", totals.responder)] {
            key(name)
            beginObject()
            key("datagrams")
            value(side.datagrams)
            key("octets")
            value(side.stream.delivered)
            key("missingOctets")
            value(side.stream.missing)
            key("repeatedOctets")
            value(side.stream.repeated)
            key("conflictingOctets")
            value(side.stream.conflicting)
            endObject()
        }
        endObject()
        endLine()
    }

    private mutating func append(content octets: Span<UInt8>) {
        key("content")
        value(escaping: octets.indices.map { octets[$0] })
    }

    private mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    private mutating func member(_ name: String, _ number: Int64) {
        key(name)
        value(number)
    }
}

extension FollowedEvent.Kind {
    fileprivate var name: String {
        switch self {
        case .start: "start"
        case .stream(.data): "data"
        case .stream(.gap): "gap"
        case .stream(.conflict): "conflict"
        case .datagram: "datagram"
        case .incompleteDatagram: "incompleteDatagram"
        case .fin: "fin"
        case .reset: "reset"
        case .noEnd: "noEnd"
        }
    }
}
