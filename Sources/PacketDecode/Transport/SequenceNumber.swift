/// A TCP sequence number: 32 bits that wrap (RFC 9293 §3.4).
///
/// There is no `Comparable`: "before" holds only within half the space and is not transitive. Ask `distance(to:)`.
public struct SequenceNumber: Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt32

    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Octets from this number to `other` by the shorter way, -2³¹..<2³¹; negative where `other` lies before.
    @inlinable
    public func distance(to other: SequenceNumber) -> Int32 {
        Int32(bitPattern: other.rawValue &- rawValue)
    }

    /// The number `octets` further on, modulo 2³².
    @inlinable
    public func advanced(by octets: Int) -> SequenceNumber {
        SequenceNumber(rawValue: rawValue &+ UInt32(truncatingIfNeeded: octets))
    }
}
