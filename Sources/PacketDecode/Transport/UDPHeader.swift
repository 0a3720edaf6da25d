/// A UDP header (RFC 768).
///
///     +-------------------------------+-------------------------------+
///     |          Source port          |       Destination port        |
///     +-------------------------------+-------------------------------+
///     |            Length             |           Checksum            |
///     +-------------------------------+-------------------------------+
public struct UDPHeader: Sendable, BitwiseCopyable, Hashable {
    /// 8 octets.
    public static let headerLength = 8

    /// The sender's port; 0 where no answer is wanted.
    public var sourcePort: UInt16
    /// The receiver's port.
    public var destinationPort: UInt16
    /// Octets of header and data; 0 in an IPv6 jumbogram (RFC 2675 §4), whose length IP tells.
    public var length: UInt16
    /// 0 where the sender computed none.
    public var checksum: UInt16

    /// Length and checksum stand as given, or are filled in by `FrameBuilder`.
    public init(sourcePort: UInt16, destinationPort: UInt16, length: UInt16 = 8, checksum: UInt16 = 0) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.length = length
        self.checksum = checksum
    }

    /// Decodes the first eight octets of `header`, which must hold them.
    @inline(__always)
    init(decoding header: Span<UInt8>) {
        precondition(header.count >= Self.headerLength)
        sourcePort = header.uint16(at: 0)
        destinationPort = header.uint16(at: 2)
        length = header.uint16(at: 4)
        checksum = header.uint16(at: 6)
    }

    /// Appends the header's eight octets.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: sourcePort)
        bytes.append(bigEndian: destinationPort)
        bytes.append(bigEndian: length)
        bytes.append(bigEndian: checksum)
    }
}
