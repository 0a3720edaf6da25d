/// What a link does in each direction, and the seed of it.
public struct LinkConditions: Sendable, Hashable {
    /// What happens to frames from A to B.
    public var fromA = LinkImpairment()
    /// What happens to frames from B to A.
    public var fromB = LinkImpairment()
    /// The hosts' largest packet, in octets.
    public var maximumTransmissionUnit = 1500
    /// The largest packet that crosses the link, in octets: the link is then a router between two subnets. Nil: it carries
    /// all that the hosts can send.
    public var linkMTU: Int?
    /// What happens to certain frames, before anything is drawn.
    public var rules = LinkRules()
    /// Repeats the same draws.
    public var seed: UInt64 = 1

    public init() {}

    /// A link that holds every frame `delay` nanoseconds in each direction, and does nothing else.
    public static func delay(_ delay: Int64) -> LinkConditions {
        var conditions = LinkConditions()
        conditions.fromA.delay = delay
        conditions.fromB.delay = delay
        return conditions
    }

    /// The same with what was changed.
    public func varied(by variation: LinkVariation) -> LinkConditions {
        var conditions = self
        if let seed = variation.seed { conditions.seed = seed }
        if let linkMTU = variation.linkMTU { conditions.linkMTU = linkMTU }
        if let rules = variation.rules { conditions.rules = rules }
        variation.fromA.apply(to: &conditions.fromA)
        variation.fromB.apply(to: &conditions.fromB)
        return conditions
    }
}
