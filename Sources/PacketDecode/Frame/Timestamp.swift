/// A moment on the capture's clock (CLOCK_REALTIME for live captures), as nanoseconds since 1970-01-01T00:00:00Z.
///
/// The range is that of `Int64`: about 292 years either side of the epoch. What lies outside is clamped.
public struct Timestamp: Sendable, BitwiseCopyable, Hashable, Comparable {
    /// Nanoseconds since 1970-01-01T00:00:00Z, without leap seconds; negative before it.
    public let nanosecondsSinceEpoch: Int64

    /// The moment so many nanoseconds after 1970-01-01T00:00:00Z.
    @inlinable
    public init(nanosecondsSinceEpoch: Int64) { self.nanosecondsSinceEpoch = nanosecondsSinceEpoch }

    /// Seconds and a sub-second part, as capture files store them.
    ///
    /// A sub-second part of a second or more, which broken files hold, is carried over; the sum is clamped to the range.
    @inlinable
    public init(seconds: Int64, nanoseconds: Int64) {
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = whole.addingReportingOverflow(nanoseconds)
        if overflow {
            nanosecondsSinceEpoch = seconds < 0 ? .min : .max
        } else if carry {
            nanosecondsSinceEpoch = nanoseconds < 0 ? .min : .max
        } else {
            nanosecondsSinceEpoch = sum
        }
    }

    /// The whole seconds, rounded towards the past.
    @inlinable public var seconds: Int64 {
        nanosecondsSinceEpoch / 1_000_000_000 - (nanosecondsSinceEpoch % 1_000_000_000 < 0 ? 1 : 0)
    }

    /// The part below a second, 0..<1,000,000,000, forward from `seconds`.
    @inlinable public var subsecondNanoseconds: Int64 {
        let rest = nanosecondsSinceEpoch % 1_000_000_000
        return rest < 0 ? rest + 1_000_000_000 : rest
    }

    /// The moment so many nanoseconds later; at the ends of the range it stays.
    public func advanced(by nanoseconds: Int64) -> Timestamp {
        let (sum, overflow) = nanosecondsSinceEpoch.addingReportingOverflow(nanoseconds)
        return Timestamp(nanosecondsSinceEpoch: overflow ? (nanoseconds < 0 ? .min : .max) : sum)
    }

    /// Nanoseconds from this moment to `other`, negative where `other` is earlier; clamped to the range.
    @inlinable
    public func distance(to other: Timestamp) -> Int64 {
        let (difference, overflow) = other.nanosecondsSinceEpoch.subtractingReportingOverflow(nanosecondsSinceEpoch)
        guard overflow else { return difference }
        return other > self ? .max : .min
    }

    /// Whether `left` is the earlier moment.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}
