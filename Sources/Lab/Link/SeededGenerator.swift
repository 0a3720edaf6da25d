/// Random numbers that a seed repeats: SplitMix64 (Steele, Lea and Flood, 2014).
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether an event of that chance happens. It draws one number whatever the chance, so that the fates of later frames do
    /// not depend on it.
    mutating func happens(_ chance: Double) -> Bool {
        Double(next() >> 11) * 0x1p-53 < chance
    }

    /// A number of 0..<bound, or 0 where `bound` is not above it; it draws one number in either case.
    mutating func below(_ bound: Int64) -> Int64 {
        let drawn = next()
        return bound > 0 ? Int64(drawn % UInt64(bound)) : 0
    }
}
