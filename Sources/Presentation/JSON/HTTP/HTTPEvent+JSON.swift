internal import FlowAnalysis

extension OutputBuffer {
    /// Appends what HTTP said as a JSON object. Octets of the wire are escaped as in text output.
    mutating func appendJSON(_ event: HTTPEvent) {
        beginObject()
        switch event {
        case .head(let head): appendMembers(head)
        case .end(let end):
            member("kind", "end")
            key("exchange")
            value(end.exchange)
            key("isResponse")
            value(end.isResponse)
            key("bodyLength")
            value(end.bodyLength)
            key("isComplete")
            value(end.isComplete)
        case .fault(let fault):
            member("kind", "fault")
            member("fault", fault.rawValue)
        }
        endObject()
    }

    private mutating func appendMembers(_ head: HTTPHead) {
        switch head.startLine {
        case .request(let method, let target, let targetLength):
            member("kind", "request")
            key("method")
            value(escaping: method)
            key("target")
            value(escaping: target)
            key("targetLength")
            value(targetLength)
            key("isPipelined")
            value(head.isPipelined)
        case .response(let status):
            member("kind", "response")
            key("status")
            value(status)
        }
        key("exchange")
        value(head.exchange)
        key("minorVersion")
        value(head.minorVersion)
        key("headLength")
        value(head.headLength)
        member("framing", head.framing.name)
        if case .length(let length) = head.framing {
            key("contentLength")
            value(length)
        }
    }

    private mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }
}

extension HTTPFraming {
    fileprivate var name: String {
        switch self {
        case .none: "none"
        case .length: "length"
        case .chunked: "chunked"
        case .untilClose: "untilClose"
        case .tunnel: "tunnel"
        }
    }
}
