/// One failure, in words for people: what could not be done, why, and what to do about it.
///
/// Commands throw it; the program prints its `line` on standard error and exits with 1.
public struct FailureReport: Error, Sendable, Hashable {
    /// What could not be done, and on what: "cannot listen on 127.0.0.1:7000".
    public var what: String
    /// Why: "address already in use".
    public var reason: String
    /// What to do about it, as a sentence without its full stop; empty where nothing is known to help.
    public var advice: String

    public init(what: String, reason: String, advice: String = "") {
        self.what = what
        self.reason = reason
        self.advice = advice
    }

    /// The report as one line, without a line feed. What came from outside is escaped.
    public var line: String {
        var buffer = OutputBuffer(capacity: 256)
        buffer.append(escaping: what)
        buffer.append(": ")
        buffer.append(escaping: reason)
        if !advice.isEmpty {
            buffer.append(". ")
            buffer.append(escaping: advice)
        }
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
