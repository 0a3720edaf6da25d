/// What an Ethernet frame carries: a number of IANA's "IEEE 802 Numbers" registry.
///
/// The space is open; values below 0x0600 are lengths in an Ethernet header and never EtherTypes (IEEE 802.3 §3.2.6).
public struct EtherType: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt16

    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Internet Protocol version 4 (RFC 894).
    public static let ipv4 = EtherType(rawValue: 0x0800)
    /// Address Resolution Protocol (RFC 826).
    public static let arp = EtherType(rawValue: 0x0806)
    /// Reverse Address Resolution Protocol (RFC 903), whose messages are ARP's.
    public static let reverseARP = EtherType(rawValue: 0x8035)
    /// Internet Protocol version 6 (RFC 2464).
    public static let ipv6 = EtherType(rawValue: 0x86DD)
    /// Customer VLAN tag (IEEE 802.1Q, "C-TAG").
    public static let vlan = EtherType(rawValue: 0x8100)
    /// Service VLAN tag (IEEE 802.1ad, "S-TAG").
    public static let serviceVLAN = EtherType(rawValue: 0x88A8)
    /// Stacked VLAN tag as equipment older than IEEE 802.1ad sends it.
    public static let legacyStackedVLAN = EtherType(rawValue: 0x9100)

    /// Whether a VLAN tag follows.
    @inlinable public var isVLANTag: Bool {
        self == .vlan || self == .serviceVLAN || self == .legacyStackedVLAN
    }
}
