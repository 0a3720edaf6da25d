/// What an IP packet carries: a number of IANA's "Protocol Numbers", which IPv6 uses as next header values too.
public struct IPProtocol: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// IPv6 hop-by-hop options (RFC 8200 §4.3).
    @inlinable public static var hopByHopOptions: IPProtocol { IPProtocol(rawValue: 0) }
    /// ICMP (RFC 792).
    @inlinable public static var icmp: IPProtocol { IPProtocol(rawValue: 1) }
    /// IGMP (RFC 3376).
    @inlinable public static var igmp: IPProtocol { IPProtocol(rawValue: 2) }
    /// An IPv4 packet in the packet (RFC 2003).
    @inlinable public static var ipv4: IPProtocol { IPProtocol(rawValue: 4) }
    /// TCP (RFC 9293).
    @inlinable public static var tcp: IPProtocol { IPProtocol(rawValue: 6) }
    /// UDP (RFC 768).
    @inlinable public static var udp: IPProtocol { IPProtocol(rawValue: 17) }
    /// An IPv6 packet in the packet (RFC 4213).
    @inlinable public static var ipv6: IPProtocol { IPProtocol(rawValue: 41) }
    /// IPv6 routing header (RFC 8200 §4.4).
    @inlinable public static var routing: IPProtocol { IPProtocol(rawValue: 43) }
    /// IPv6 fragment header (RFC 8200 §4.5).
    @inlinable public static var fragment: IPProtocol { IPProtocol(rawValue: 44) }
    /// Generic Routing Encapsulation (RFC 2784).
    @inlinable public static var gre: IPProtocol { IPProtocol(rawValue: 47) }
    /// Encapsulating Security Payload (RFC 4303).
    @inlinable public static var encapsulatingSecurityPayload: IPProtocol { IPProtocol(rawValue: 50) }
    /// Authentication Header (RFC 4302).
    @inlinable public static var authenticationHeader: IPProtocol { IPProtocol(rawValue: 51) }
    /// ICMP for IPv6 (RFC 4443).
    @inlinable public static var icmpv6: IPProtocol { IPProtocol(rawValue: 58) }
    /// Nothing follows (RFC 8200 §4.7).
    @inlinable public static var noNextHeader: IPProtocol { IPProtocol(rawValue: 59) }
    /// IPv6 destination options (RFC 8200 §4.6).
    @inlinable public static var destinationOptions: IPProtocol { IPProtocol(rawValue: 60) }
    /// OSPF (RFC 5340).
    @inlinable public static var ospf: IPProtocol { IPProtocol(rawValue: 89) }
    /// SCTP (RFC 9260).
    @inlinable public static var sctp: IPProtocol { IPProtocol(rawValue: 132) }
    /// IPv6 mobility header (RFC 6275 §6.1).
    @inlinable public static var mobility: IPProtocol { IPProtocol(rawValue: 135) }
    /// Host Identity Protocol (RFC 7401).
    @inlinable public static var hostIdentity: IPProtocol { IPProtocol(rawValue: 139) }
    /// Shim6 (RFC 5533).
    @inlinable public static var shim6: IPProtocol { IPProtocol(rawValue: 140) }
}
