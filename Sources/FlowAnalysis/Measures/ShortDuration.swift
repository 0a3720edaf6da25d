/// A time span in 32 bits: exact to the nanosecond below 1.07 s, to a millionth of itself above, up to 34 years.
///
/// The high two bits say the unit (nanoseconds, microseconds, milliseconds, seconds), the others how many, rounded down. A
/// shorter span has a smaller raw value or the same.
struct ShortDuration: BitwiseCopyable, Comparable {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    static let zero = ShortDuration(nanoseconds: 0)

    /// A negative span counts as 0.
    @inline(__always)
    init(nanoseconds: Int64) {
        if let small = UInt32(exactly: nanoseconds), small < 1 << 30 {
            rawValue = small
        } else {
            rawValue = nanoseconds < 0 ? 0 : Self.coarse(nanoseconds)
        }
    }

    @inline(never)
    private static func coarse(_ nanoseconds: Int64) -> UInt32 {
        var count = nanoseconds
        for unit in UInt32(1)...3 {
            count /= 1000
            if count < 1 << 30 { return unit << 30 | UInt32(count) }
        }
        return .max
    }

    var nanoseconds: Int64 {
        let count = Int64(rawValue & (1 << 30 - 1))
        return switch rawValue >> 30 {
        case 0: count
        case 1: count * 1000
        case 2: count * 1_000_000
        default: count * 1_000_000_000
        }
    }

    static func < (left: ShortDuration, right: ShortDuration) -> Bool { left.rawValue < right.rawValue }
}
