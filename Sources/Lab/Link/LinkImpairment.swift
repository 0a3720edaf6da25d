/// What a link does to the frames that cross it in one direction, drawn from a seed.
public struct LinkImpairment: Sendable, Hashable {
    /// The chance that a frame is dropped, 0 to 1.
    public var loss: Double = 0
    /// Whether only frames that carry TCP data (or are no TCP at all) are dropped: handshakes and pure ACKs pass.
    public var sparesEmptySegments = false
    /// Nanoseconds that every frame is held.
    public var delay: Int64 = 0
    /// Nanoseconds that a frame may be held beyond that, drawn evenly. Frames do not overtake for it: one that would is
    /// held as long as the one before.
    public var jitter: Int64 = 0
    /// The chance that a frame is held `reorderDelay` longer and so overtaken by those behind it.
    public var reorder: Double = 0
    /// Nanoseconds that an overtaken frame is held longer.
    public var reorderDelay: Int64 = 2_000_000
    /// The chance that a frame is delivered twice.
    public var duplicate: Double = 0

    public init() {}
}
