public import SocketEvents

extension ServiceReport {
    /// The report in words, without who it is about, in lower case and without a full stop.
    public var words: String {
        switch self {
        case .acceptingPaused(let errno):
            "accepting is paused until a client leaves: \(SocketError(.accept, errno: errno, subject: "").reason)"
        case .acceptingResumed(let nanoseconds):
            "accepting again, after \(Self.span(nanoseconds))"
        case .refused(let clients): "refused: the server is full, with \(Self.clients(clients))"
        case .idle(let nanoseconds): "is closed: it completed no line for \(Self.span(nanoseconds))"
        case .graceOver(let nanoseconds):
            "is closed: it did not end its stream, and was silent for \(Self.span(nanoseconds))"
        case .draining(let clients, let grace):
            "no new clients; \(Self.clients(clients)) may finish within \(Self.span(grace)), "
                + "or at once with a second interrupt"
        case .dropped(let clients): "the time is over for \(Self.clients(clients))"
        }
    }

    private static func clients(_ count: Int) -> String { "\(count) client\(count == 1 ? "" : "s")" }

    private static func span(_ nanoseconds: Int64) -> String {
        var buffer = OutputBuffer(capacity: 16)
        buffer.append(span: nanoseconds)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
