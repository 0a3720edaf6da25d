/// The head of an HTTP/1.x message, as far as it names the message (RFC 9112 §2.1).
public struct HTTPHead: Sendable, Hashable {
    public enum StartLine: Sendable, Hashable {
        /// RFC 9112 §3. The octets are as they were sent, whatever they are; of the target no more than `keptTarget`.
        case request(method: [UInt8], target: [UInt8], targetLength: Int)
        /// RFC 9112 §4.
        case response(status: UInt16)
    }

    /// Octets that are kept of a request's target.
    public static let keptTarget = 256

    public var startLine: StartLine
    /// The x of HTTP/1.x.
    public var minorVersion: UInt8
    /// How the message's body ends.
    public var framing: HTTPFraming
    /// Which exchange of the connection the message belongs to, from 1: a response has the number of its request. An interim
    /// response (1xx) has the number of the one that follows.
    public var exchange: UInt64
    /// Octets of the start line, the fields and the empty line.
    public var headLength: UInt64
    /// Of a request: it was sent while an earlier one was without its answer (RFC 9112 §9.3.2).
    public var isPipelined: Bool
}

/// How it is known where a message's body ends (RFC 9112 §6.3).
public enum HTTPFraming: Sendable, BitwiseCopyable, Hashable {
    /// There is none, by the kind of message.
    case none
    /// Content-Length: so many octets.
    case length(UInt64)
    /// The chunked coding says (RFC 9112 §7.1).
    case chunked
    /// The connection's end is the body's.
    case untilClose
    /// The connection belongs to another protocol from here on: after CONNECT, or an upgrade (RFC 9110 §7.8, §9.3.6).
    case tunnel
}

/// What there is to say of HTTP on a connection.
public enum HTTPEvent: Sendable, Hashable {
    /// A message's head is complete.
    case head(HTTPHead)
    /// A message has ended.
    case end(HTTPEnd)
    /// What follows on this side cannot be read as HTTP, and is not looked at.
    case fault(HTTPFault)
}

/// The end of an HTTP/1.x message.
public struct HTTPEnd: Sendable, Hashable {
    public var exchange: UInt64
    public var isResponse: Bool
    /// What its head said.
    public var framing: HTTPFraming
    /// Octets of body that came, chunk framing not counted.
    public var bodyLength: UInt64
    /// False where the connection ended before the body did.
    public var isComplete: Bool

    /// Whether it says something that the head did not.
    public var isNews: Bool {
        switch framing {
        case .none, .length: !isComplete
        case .chunked, .untilClose, .tunnel: true
        }
    }
}

/// Why a side of a connection cannot be read on.
public enum HTTPFault: String, Sendable, BitwiseCopyable, CaseIterable {
    /// Where a message should start there is no start line of HTTP/1.x.
    case startLine
    /// A line is longer than is kept of it, and would have to be read.
    case lineTooLong
    /// Content-Length is no number, or several that differ (RFC 9112 §6.3, rule 5).
    case contentLength
    /// A request's last transfer coding is not chunked (RFC 9112 §6.3, rule 4).
    case transferEncoding
    /// A chunk's size or end is malformed (RFC 9112 §7.1).
    case chunk
    /// Octets are missing where they would say how to go on.
    case octetsMissing
}
