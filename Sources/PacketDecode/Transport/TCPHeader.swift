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

    /// The sender's port.
    public var sourcePort: UInt16
    /// The receiver's port.
    public var destinationPort: UInt16
    /// That of the first octet of data; of the SYN where `flags` contains `.syn` (RFC 9293 §3.4).
    public var sequenceNumber: SequenceNumber
    /// Meaningful where `flags` contains `.ack`.
    public var acknowledgmentNumber: SequenceNumber
    /// Data offset: 32-bit words of the header, 5...15.
    public var dataOffsetInWords: UInt8
    /// The three bits between the data offset and the flags, which should be zero.
    public var reservedBits: UInt8
    /// The control bits, AE (RFC 9768) included.
    public var flags: TCPFlags
    /// The window as sent, not scaled.
    public var window: UInt16
    /// Over pseudo-header, header and data (RFC 9293 §3.1).
    public var checksum: UInt16
    /// Octets behind the sequence number, meaningful where `flags` contains `.urg`.
    public var urgentPointer: UInt16
    /// The options that flow analysis reads, as values, and where all of them stand.
    public internal(set) var options: TCPOptions

    /// A header without options; the checksum stands as given, or is filled in by `FrameBuilder`.
    public init(
        sourcePort: UInt16, destinationPort: UInt16, sequenceNumber: SequenceNumber = SequenceNumber(rawValue: 0),
        acknowledgmentNumber: SequenceNumber = SequenceNumber(rawValue: 0), flags: TCPFlags = [],
        window: UInt16 = 65535, urgentPointer: UInt16 = 0, checksum: UInt16 = 0
    ) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.sequenceNumber = sequenceNumber
        self.acknowledgmentNumber = acknowledgmentNumber
        dataOffsetInWords = 5
        reservedBits = 0
        self.flags = flags
        self.window = window
        self.checksum = checksum
        self.urgentPointer = urgentPointer
        options = TCPOptions(range: .empty)
    }

    /// Octets of the header with its options, as the data offset says: 20...60 once decoded.
    @inlinable public var headerLength: Int { Int(dataOffsetInWords) * 4 }

    /// Decodes the first 20 octets of `header`, which must hold them; `options` is left empty.
    @inline(__always)
    init(decoding header: Span<UInt8>, at offset: Int) {
        precondition(header.count >= Self.minimumLength)
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

    /// Appends the first 20 octets, every field as it stands; options go behind them.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: sourcePort)
        bytes.append(bigEndian: destinationPort)
        bytes.append(bigEndian: sequenceNumber.rawValue)
        bytes.append(bigEndian: acknowledgmentNumber.rawValue)
        bytes.append(
            bigEndian: UInt16(dataOffsetInWords & 0xF) << 12 | UInt16(reservedBits & 7) << 9 | flags.rawValue & 0x1FF)
        bytes.append(bigEndian: window)
        bytes.append(bigEndian: checksum)
        bytes.append(bigEndian: urgentPointer)
    }
}
