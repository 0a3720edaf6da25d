/// What the link knows of a frame, to be fair to it and to tell of it.
public enum FrameKind: String, Sendable, Hashable {
    /// ARP, IPv6 neighbor discovery or a multicast listener report: never dropped, for without them there is nothing to
    /// see.
    case neighborDiscovery
    /// A TCP segment without data.
    case emptySegment
    /// A TCP segment with data.
    case dataSegment
    case other
}
