/// One of the two hosts that a link joins.
public enum HostName: String, Sendable, Hashable, CaseIterable {
    case a = "A"
    case b = "B"

    /// The other one.
    public var peer: HostName { self == .a ? .b : .a }
}
