/// What an IP packet carries: a number of IANA's "Protocol Numbers", which IPv6 uses as next header values too.
public struct IPProtocol: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// IPv6 hop-by-hop options (RFC 8200 §4.3).
    public static let hopByHopOptions = IPProtocol(rawValue: 0)
    /// ICMP (RFC 792).
    public static let icmp = IPProtocol(rawValue: 1)
    /// IGMP (RFC 3376).
    public static let igmp = IPProtocol(rawValue: 2)
    /// An IPv4 packet in the packet (RFC 2003).
    public static let ipv4 = IPProtocol(rawValue: 4)
    /// TCP (RFC 9293).
    public static let tcp = IPProtocol(rawValue: 6)
    /// UDP (RFC 768).
    public static let udp = IPProtocol(rawValue: 17)
    /// An IPv6 packet in the packet (RFC 4213).
    public static let ipv6 = IPProtocol(rawValue: 41)
    /// IPv6 routing header (RFC 8200 §4.4).
    public static let routing = IPProtocol(rawValue: 43)
    /// IPv6 fragment header (RFC 8200 §4.5).
    public static let fragment = IPProtocol(rawValue: 44)
    /// Generic Routing Encapsulation (RFC 2784).
    public static let gre = IPProtocol(rawValue: 47)
    /// Encapsulating Security Payload (RFC 4303).
    public static let encapsulatingSecurityPayload = IPProtocol(rawValue: 50)
    /// Authentication Header (RFC 4302).
    public static let authenticationHeader = IPProtocol(rawValue: 51)
    /// ICMP for IPv6 (RFC 4443).
    public static let icmpv6 = IPProtocol(rawValue: 58)
    /// Nothing follows (RFC 8200 §4.7).
    public static let noNextHeader = IPProtocol(rawValue: 59)
    /// IPv6 destination options (RFC 8200 §4.6).
    public static let destinationOptions = IPProtocol(rawValue: 60)
    /// OSPF (RFC 5340).
    public static let ospf = IPProtocol(rawValue: 89)
    /// SCTP (RFC 9260).
    public static let sctp = IPProtocol(rawValue: 132)
    /// IPv6 mobility header (RFC 6275 §6.1).
    public static let mobility = IPProtocol(rawValue: 135)
    /// Host Identity Protocol (RFC 7401).
    public static let hostIdentity = IPProtocol(rawValue: 139)
    /// Shim6 (RFC 5533).
    public static let shim6 = IPProtocol(rawValue: 140)
}
