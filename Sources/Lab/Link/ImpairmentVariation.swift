/// What a person changes of one direction of a link that is there; nil leaves a thing as it was.
public struct ImpairmentVariation: Sendable, Hashable {
    /// The chance that a frame is dropped, 0 to 1.
    public var loss: Double?
    /// Nanoseconds that every frame is held.
    public var delay: Int64?
    /// Nanoseconds that a frame may be held beyond that.
    public var jitter: Int64?
    /// The chance that a frame is overtaken.
    public var reorder: Double?
    /// The chance that a frame is delivered twice.
    public var duplicate: Double?
    /// The chance to get into a burst of loss, at each frame.
    public var burst: Double?
    /// The chance that a bit of a frame is turned.
    public var corrupt: Double?
    /// Bits a second.
    public var rate: Int64?
    /// Octets that may wait for the rate.
    public var queueLimit: Int?

    public init() {}

    func apply(to impairment: inout LinkImpairment) {
        if let loss { impairment.loss = loss }
        if let delay { impairment.delay = delay }
        if let jitter { impairment.jitter = jitter }
        if let reorder { impairment.reorder = reorder }
        if let duplicate { impairment.duplicate = duplicate }
        if let burst { impairment.burstLoss.enter = burst }
        if let corrupt { impairment.corrupt = corrupt }
        if let rate { impairment.rate = rate }
        if let queueLimit { impairment.queueLimit = queueLimit }
    }
}
