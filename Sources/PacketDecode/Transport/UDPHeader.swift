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

    public let sourcePort: UInt16
    public let destinationPort: UInt16
    /// Octets of header and data; 0 in a jumbogram (RFC 2675 §4), whose length IP tells.
    public let length: UInt16
    /// 0 where the sender computed none.
    public let checksum: UInt16

    /// Decodes the first eight octets of `header`, which must hold them.
    @inline(__always)
    init(decoding header: Span<UInt8>) {
        sourcePort = header.uint16(at: 0)
        destinationPort = header.uint16(at: 2)
        length = header.uint16(at: 4)
        checksum = header.uint16(at: 6)
    }
}
