/// The control bits of a TCP header (RFC 9293 §3.1), with AE (RFC 9768), once NS.
public struct TCPFlags: OptionSet, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt16

    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// FIN: the sender has nothing more to send.
    @inlinable public static var fin: TCPFlags { TCPFlags(rawValue: 0x001) }
    /// SYN: synchronizes sequence numbers.
    @inlinable public static var syn: TCPFlags { TCPFlags(rawValue: 0x002) }
    /// RST: resets the connection.
    @inlinable public static var rst: TCPFlags { TCPFlags(rawValue: 0x004) }
    /// PSH: the receiver should pass the data on.
    @inlinable public static var psh: TCPFlags { TCPFlags(rawValue: 0x008) }
    /// ACK: the acknowledgment number is valid.
    @inlinable public static var ack: TCPFlags { TCPFlags(rawValue: 0x010) }
    /// URG: the urgent pointer is valid.
    @inlinable public static var urg: TCPFlags { TCPFlags(rawValue: 0x020) }
    /// ECE: ECN echo (RFC 3168 §6.1).
    @inlinable public static var ece: TCPFlags { TCPFlags(rawValue: 0x040) }
    /// CWR: congestion window reduced (RFC 3168 §6.1).
    @inlinable public static var cwr: TCPFlags { TCPFlags(rawValue: 0x080) }
    /// AE: accurate ECN (RFC 9768 §3), once NS (RFC 3540).
    @inlinable public static var ae: TCPFlags { TCPFlags(rawValue: 0x100) }
}
