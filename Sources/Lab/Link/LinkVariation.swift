/// What a person changes of a link that is there; nil leaves a thing as it was.
public struct LinkVariation: Sendable, Hashable {
    public var seed: UInt64?
    /// The largest packet that crosses the link, in octets.
    public var linkMTU: Int?
    /// In place of the rules that there were.
    public var rules: LinkRules?
    /// What is changed for frames from A to B.
    public var fromA = ImpairmentVariation()
    /// What is changed for frames from B to A.
    public var fromB = ImpairmentVariation()

    public init() {}

    /// Whether it changes nothing.
    public var isEmpty: Bool { self == LinkVariation() }
}
