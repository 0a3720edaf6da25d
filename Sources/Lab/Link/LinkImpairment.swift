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

    /// Loss in bursts.
    public var burstLoss = BurstLoss()
    /// The chance that a bit of a frame is turned, so that its checksum no longer holds.
    public var corrupt: Double = 0
    /// Bits a second that the link carries; 0 for no limit.
    public var rate: Int64 = 0
    /// Octets that may wait for the rate; a frame beyond them is dropped.
    public var queueLimit = 65_536

    /// The model of Gilbert (1960) and Elliott (1963): a good state without loss of its own, and a bad one.
    public struct BurstLoss: Sendable, Hashable {
        /// The chance, at each frame, to get from the good state into the bad one.
        public var enter: Double = 0
        /// The chance, at each frame, to get back.
        public var leave: Double = 0.25
        /// The chance that a frame is dropped in the bad state.
        public var loss: Double = 0.5

        public init() {}
    }

    public init() {}
}
