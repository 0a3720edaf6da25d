internal import PacketDecode
public import Timeline

extension OutputBuffer {
    /// Appends the link's verdict on a frame as one JSON object on a line of its own.
    public mutating func appendJSON(_ event: LinkEvent) {
        beginObject()
        key("event")
        value("link")
        key("source")
        value(event.source.rawValue)
        key("number")
        value(event.fate.number)
        key("kind")
        value(event.fate.kind.rawValue)
        key("timestamp")
        value(event.fate.arrival)
        switch event.fate.verdict {
        case .dropped(let cause):
            key("verdict")
            value("dropped")
            key("cause")
            appendJSON(cause)
        case .delivered(let first, let second):
            key("verdict")
            value("delivered")
            key("departures")
            beginArray()
            value(first)
            if let second { value(second) }
            endArray()
        case .overtaken(let departure): appendJSON("overtaken", departure)
        case .corrupted(let departure): appendJSON("corrupted", departure)
        }
        if let frame = event.sentFrame {
            key("sentFrame")
            value(frame)
        }
        key("deliveredFrames")
        beginArray()
        for frame in event.deliveredFrames { value(frame) }
        endArray()
        endObject()
        endLine()
    }

    private mutating func appendJSON(_ verdict: String, _ departure: Timestamp) {
        key("verdict")
        value(verdict)
        key("departures")
        beginArray()
        value(departure)
        endArray()
    }

    private mutating func appendJSON(_ cause: FrameFate.DropCause) {
        switch cause {
        case .loss: value("loss")
        case .burst: value("burst")
        case .queueFull: value("queueFull")
        case .tooBig: value("tooBig")
        case .expired: value("expired")
        case .rule(let number):
            value("rule")
            key("rule")
            value(number)
        }
    }
}
