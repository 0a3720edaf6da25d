public import FlowAnalysis

extension OutputBuffer {
    /// Appends what HTTP said: `HTTP POST /data, 27 octets`, `HTTP 200, 40 octets`. What came off the wire is escaped.
    public mutating func append(_ event: HTTPEvent) {
        switch event {
        case .head(let head):
            append("HTTP ")
            append(head)
        case .end(let end):
            append(end.isResponse ? "HTTP response " : "HTTP request ")
            append(end.exchange)
            append(end.isComplete ? " ends after " : " is cut off after ")
            append(octets: end.bodyLength)
        case .fault(let fault):
            append("no HTTP from here on: ")
            append(fault.words)
        }
    }

    private mutating func append(_ head: HTTPHead) {
        switch head.startLine {
        case .request(let method, let target, let targetLength):
            append(escaping: method)
            append(" ")
            append(escaping: target)
            if targetLength > target.count { append("…") }
        case .response(let status): append(status)
        }
        switch head.framing {
        case .none: break
        case .length(let length):
            append(", ")
            append(octets: length)
        case .chunked: append(", chunked")
        case .untilClose: append(", until the connection ends")
        case .tunnel: append(", another protocol follows")
        }
        if head.isPipelined { append(", pipelined") }
        if head.minorVersion != 1 { append(", version 1.\(head.minorVersion)") }
    }

    private mutating func append(octets count: UInt64) {
        append(count)
        append(count == 1 ? " octet" : " octets")
    }
}

extension HTTPEvent {
    /// Whether it deserves a line: the end of a body whose length its head told does not.
    var hasLine: Bool {
        guard case .end(let end) = self else { return true }
        return end.isNews
    }
}

extension HTTPFault {
    fileprivate var words: String {
        switch self {
        case .startLine: "no message starts where one should"
        case .lineTooLong: "a line is too long"
        case .contentLength: "its Content-Length is no number, or several"
        case .transferEncoding: "its last transfer coding is not chunked"
        case .chunk: "a chunk is malformed"
        case .octetsMissing: "octets are missing"
        }
    }
}
