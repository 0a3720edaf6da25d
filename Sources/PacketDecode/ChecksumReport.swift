/// What a checksum field is worth.
public enum ChecksumVerdict: UInt8, Sendable, BitwiseCopyable, Hashable {
    /// The octets and the field agree.
    case valid
    /// They do not. So is a UDP checksum of 0 over IPv6, which receivers must drop (RFC 8200 §8.1; RFC 6935 excepts
    /// tunnels, which nothing in the packet tells).
    case invalid
    /// The sender computed none: 0 in UDP over IPv4 (RFC 768).
    case absent
    /// The field holds the sum of the pseudo-header alone, not complemented: the rest is left to the network card, and
    /// on a loopback interface nobody computes it.
    case partial
    /// Octets that the checksum covers are not in this frame: it is cut, or the packet is a fragment.
    case unverifiable
}

/// What the checksums of a packet are worth; nil where a layer is not there or has none.
public struct ChecksumReport: Sendable, BitwiseCopyable, Hashable {
    /// The IPv4 header's.
    public let network: ChecksumVerdict?
    /// That of TCP, UDP, ICMP or ICMPv6.
    public let transport: ChecksumVerdict?

    /// Two verdicts; nil where there is no such layer, or none that has a checksum.
    @inlinable
    public init(network: ChecksumVerdict?, transport: ChecksumVerdict?) {
        self.network = network
        self.transport = transport
    }
}
