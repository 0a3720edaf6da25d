public import PacketDecode

/// What the fragments of one datagram have in common.
///
/// RFC 791 §3.2: source, destination, protocol and identification. RFC 8200 §4.5: source, destination and identification,
/// for the next header may differ from fragment to fragment.
public struct FragmentKey: Sendable, BitwiseCopyable, Hashable {
    public let source: IPAddress
    public let destination: IPAddress
    /// The protocol in the IPv4 header; nil for IPv6.
    public let `protocol`: IPProtocol?
    /// 16 bits in IPv4, 32 in IPv6.
    public let identification: UInt32

    init(_ header: IPv4Header) {
        source = .v4(header.source)
        destination = .v4(header.destination)
        `protocol` = header.protocol
        identification = UInt32(header.identification)
    }

    init(_ header: IPv6Header, identification: UInt32) {
        source = .v6(header.source)
        destination = .v6(header.destination)
        `protocol` = nil
        self.identification = identification
    }

    var isIPv6: Bool { `protocol` == nil }
}
