public import PacketDecode

/// An ICMP message that came back for a datagram, as the kernel tells of it (IP_RECVERR, ip(7)).
public struct ICMPAnswer: Sendable, Hashable {
    /// Whether it is ICMPv6 (RFC 4443), whose types and codes are others than those of ICMP (RFC 792).
    public var isIPv6: Bool
    public var type: UInt8
    public var code: UInt8
    /// The host or router that sent it.
    public var sender: IPAddress?
    /// The next hop's MTU, where the datagram was too big for it.
    public var nextHopMTU: UInt32?

    public init(isIPv6: Bool, type: UInt8, code: UInt8, sender: IPAddress? = nil, nextHopMTU: UInt32? = nil) {
        self.isIPv6 = isIPv6
        self.type = type
        self.code = code
        self.sender = sender
        self.nextHopMTU = nextHopMTU
    }
}
