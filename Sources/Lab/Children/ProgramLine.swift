public import PacketDecode
public import SocketEvents

/// One line that a program wrote.
public struct ProgramLine: Sendable, Hashable {
    public enum Stream: String, Sendable, Hashable {
        case standardOutput
        case standardError
    }

    /// The program: the server or the client.
    public let role: SocketRole
    public let stream: Stream
    /// When its end was read, on the frames' clock.
    public let timestamp: Timestamp
    /// The line without its line feed, as the program wrote it: nothing is escaped yet.
    public let octets: [UInt8]

    public init(role: SocketRole, stream: Stream, timestamp: Timestamp, octets: [UInt8]) {
        self.role = role
        self.stream = stream
        self.timestamp = timestamp
        self.octets = octets
    }
}
