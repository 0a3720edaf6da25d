/// What a frame of a capture starts with: a LINKTYPE_ number of https://www.tcpdump.org/linktypes.html.
///
/// The space is open: a number without a name here is kept, and its frames are left undecoded.
public struct LinkType: RawRepresentable, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// LINKTYPE_NULL: a 4-octet address family in the byte order of the machine that captured, then IP.
    public static let null = LinkType(rawValue: 0)
    /// LINKTYPE_ETHERNET: an Ethernet frame without preamble and, usually, without FCS.
    public static let ethernet = LinkType(rawValue: 1)
    /// LINKTYPE_RAW: an IPv4 or IPv6 packet, told apart by its version.
    public static let raw = LinkType(rawValue: 101)
    /// LINKTYPE_LOOP: as `null`, in network byte order.
    public static let loop = LinkType(rawValue: 108)
    /// LINKTYPE_LINUX_SLL: Linux "cooked" capture, version 1.
    public static let linuxSLL = LinkType(rawValue: 113)
    /// LINKTYPE_IPV4: an IPv4 packet.
    public static let ipv4 = LinkType(rawValue: 228)
    /// LINKTYPE_IPV6: an IPv6 packet.
    public static let ipv6 = LinkType(rawValue: 229)
    /// LINKTYPE_LINUX_SLL2: Linux "cooked" capture, version 2, with the interface's index.
    public static let linuxSLL2 = LinkType(rawValue: 276)
}
