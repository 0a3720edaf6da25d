/// What becomes of a fragment that brings octets of a datagram a second time.
///
/// Systems differ here, and what a filter in the path reads may not be what the host reads: so the policy has a name.
public enum FragmentOverlapPolicy: String, Sendable, CaseIterable {
    /// As Linux has it since 2018, for IPv4 and IPv6 alike (RFC 5722 §4 with erratum 3089).
    ///
    /// A fragment whose octets all lie in one run of those that are there is a duplicate, and is ignored; any other overlap
    /// discards the datagram. A run is what came in order: fragments that each began where the highest one ended.
    case linux
    /// The octets that came first stay.
    case first
    /// The octets that came last replace the earlier ones.
    case last
}
