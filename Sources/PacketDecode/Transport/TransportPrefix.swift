/// The first octets of a TCP or UDP header that ends before its end: ports, and for TCP the sequence number.
///
/// An ICMP error need not quote more than eight octets (RFC 792), and a short snapshot length leaves as little.
public struct TransportPrefix: Sendable, BitwiseCopyable, Hashable {
    /// 4 octets are enough for the ports.
    public static let minimumLength = 4
    /// 8 octets are enough for all of it.
    public static let length = 8

    /// TCP or UDP.
    public let `protocol`: IPProtocol
    /// The sender's port.
    public let sourcePort: UInt16
    /// The receiver's port.
    public let destinationPort: UInt16
    /// TCP only, and where at least eight octets are there.
    public let sequenceNumber: SequenceNumber?
}
