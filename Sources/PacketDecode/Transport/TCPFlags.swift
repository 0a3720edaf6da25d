/// The control bits of a TCP header (RFC 9293 §3.1), with AE (RFC 9768), once NS.
public struct TCPFlags: OptionSet, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt16

    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// FIN: the sender has nothing more to send.
    public static let fin = TCPFlags(rawValue: 0x001)
    /// SYN: synchronizes sequence numbers.
    public static let syn = TCPFlags(rawValue: 0x002)
    /// RST: resets the connection.
    public static let rst = TCPFlags(rawValue: 0x004)
    /// PSH: the receiver should pass the data on.
    public static let psh = TCPFlags(rawValue: 0x008)
    /// ACK: the acknowledgment number is valid.
    public static let ack = TCPFlags(rawValue: 0x010)
    /// URG: the urgent pointer is valid.
    public static let urg = TCPFlags(rawValue: 0x020)
    /// ECE: ECN echo (RFC 3168 §6.1).
    public static let ece = TCPFlags(rawValue: 0x040)
    /// CWR: congestion window reduced (RFC 3168 §6.1).
    public static let cwr = TCPFlags(rawValue: 0x080)
    /// AE: accurate ECN (RFC 9768 §3), once NS (RFC 3540).
    public static let ae = TCPFlags(rawValue: 0x100)
}
