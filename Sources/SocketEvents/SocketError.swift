/// A socket operation that failed: which, on what, and why. Wording for people is made in Presentation.
public struct SocketError: Error, Sendable, Hashable {
    /// What was being done.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        case resolve, socket, bind, listen, connect, accept, send, receive, shutdown, close
        case attachFilter, detachFilter, setOption, readOption, poll, joinGroup
    }

    public enum Cause: Sendable, Hashable {
        /// A system call's errno.
        case system(errno: Int32)
        /// A getaddrinfo(3) code, EAI_….
        case resolution(code: Int32)
        /// The peer did not answer a ping, and counts as gone.
        case unanswered(PingMachine.Silence)
        /// Something of SwiftNIO's that has no errno, in its own words.
        case other(String)
    }

    public var operation: Operation
    public var cause: Cause
    /// The endpoint, the host or the socket that the operation was about, as text; empty where there is none.
    public var subject: String
    /// The ICMP message that brought the error, where the kernel kept it.
    public var icmp: ICMPAnswer?

    public init(operation: Operation, cause: Cause, subject: String, icmp: ICMPAnswer? = nil) {
        self.operation = operation
        self.cause = cause
        self.subject = subject
        self.icmp = icmp
    }

    /// A failed system call.
    public init(_ operation: Operation, errno: Int32, subject: String) {
        self.init(operation: operation, cause: .system(errno: errno), subject: subject)
    }

    /// The errno, where a system call failed.
    public var errno: Int32? {
        guard case .system(let errno) = cause else { return nil }
        return errno
    }
}
