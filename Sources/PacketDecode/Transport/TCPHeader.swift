/// A TCP header (RFC 9293 §3.1).
///
///     0                   1                   2                   3
///     +-------------------------------+-------------------------------+
///     |          Source port          |       Destination port        |
///     +-------------------------------+-------------------------------+
///     |                        Sequence number                        |
///     |                     Acknowledgment number                     |
///     +-------+-----+-----------------+-------------------------------+
///     |Offset |Rsrvd|  Control bits   |            Window             |
///     +-------+-----+-----------------+-------------------------------+
///     |           Checksum            |        Urgent pointer         |
///     +-------------------------------+-------------------------------+
///     |                    Options, 0 to 40 octets                    |
///     +---------------------------------------------------------------+
public struct TCPHeader: Sendable, BitwiseCopyable, Equatable {
    /// Octets without options.
    public static let minimumLength = 20

    public let sourcePort: UInt16
    public let destinationPort: UInt16
    public let sequenceNumber: SequenceNumber
    /// Meaningful where `flags` contains `.ack`.
    public let acknowledgmentNumber: SequenceNumber
    /// Data offset: 32-bit words of the header, 5...15.
    public let dataOffsetInWords: UInt8
    /// The three bits between the data offset and the flags, which should be zero.
    public let reservedBits: UInt8
    public let flags: TCPFlags
    /// The window as sent, not scaled.
    public let window: UInt16
    public let checksum: UInt16
    /// Octets behind the sequence number, meaningful where `flags` contains `.urg`.
    public let urgentPointer: UInt16
    public internal(set) var options: TCPOptions

    @inlinable public var headerLength: Int { Int(dataOffsetInWords) * 4 }

    /// Decodes the first 20 octets of `header`, which must hold them; `options` is left empty.
    @inline(__always)
    init(decoding header: Span<UInt8>, at offset: Int) {
        sourcePort = header.uint16(at: 0)
        destinationPort = header.uint16(at: 2)
        sequenceNumber = SequenceNumber(rawValue: header.uint32(at: 4))
        acknowledgmentNumber = SequenceNumber(rawValue: header.uint32(at: 8))
        let offsetAndFlags = header.uint16(at: 12)
        dataOffsetInWords = UInt8(truncatingIfNeeded: offsetAndFlags >> 12)
        reservedBits = UInt8(truncatingIfNeeded: offsetAndFlags >> 9 & 7)
        flags = TCPFlags(rawValue: offsetAndFlags & 0x1FF)
        window = header.uint16(at: 14)
        checksum = header.uint16(at: 16)
        urgentPointer = header.uint16(at: 18)
        options = TCPOptions(
            range: ByteRange(from: offset + Self.minimumLength, to: offset + Self.minimumLength))
    }
}
