/// A half-open range of octets, as offsets from the first octet of a frame.
///
/// It stands for bytes without holding them, so that a decoded packet stays a plain value.
/// Invariant: `lowerBound <= upperBound`.
public struct ByteRange: Sendable, BitwiseCopyable, Hashable {
    /// The first octet's offset.
    public let lowerBound: UInt32
    /// The offset behind the last octet.
    public let upperBound: UInt32

    /// An empty range at the start of the frame.
    public static let empty = ByteRange(from: 0, to: 0)

    /// The octets `lowerBound..<upperBound`; an upper bound below the lower one gives the empty range at `lowerBound`.
    @inlinable
    public init(from lowerBound: Int, to upperBound: Int) {
        self.lowerBound = UInt32(truncatingIfNeeded: lowerBound)
        self.upperBound = UInt32(truncatingIfNeeded: max(lowerBound, upperBound))
    }

    /// `lowerBound` as an index.
    @inlinable public var start: Int { Int(lowerBound) }
    /// `upperBound` as an index.
    @inlinable public var end: Int { Int(upperBound) }
    /// How many octets it covers.
    @inlinable public var count: Int { Int(upperBound &- lowerBound) }
    /// Whether it covers none.
    @inlinable public var isEmpty: Bool { lowerBound == upperBound }
    /// The offsets it covers, as indices into the frame's bytes.
    @inlinable public var indices: Range<Int> { Int(lowerBound)..<Int(upperBound) }

    /// The part of the range that lies below `limit`.
    @inlinable
    public func clamped(to limit: Int) -> ByteRange {
        ByteRange(from: min(start, limit), to: min(end, limit))
    }
}

extension ByteRange: CustomStringConvertible {
    public var description: String { "\(lowerBound)..<\(upperBound)" }
}
