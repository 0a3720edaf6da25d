/// Up to `capacity` elements stored inline: no heap, and still bitwise copyable.
///
/// Elements at `count` and beyond hold the filler given at creation and mean nothing.
///
/// A warning from experience: Swift 6.3.1 with -O loses what a function stored into a local value that holds an
/// `InlineArray` when it returns that value in a tuple. Return it alone, or fill it in place through `inout`.
public struct BoundedArray<let capacity: Int, Element: Sendable & BitwiseCopyable>: Sendable, BitwiseCopyable {
    @usableFromInline var storage: InlineArray<capacity, Element>
    @usableFromInline var storedCount: UInt8

    /// An empty array. `filler` occupies the unused slots; `capacity` must be at most 255.
    @inlinable
    public init(filler: Element) {
        storage = InlineArray(repeating: filler)
        storedCount = 0
    }

    /// How many elements it holds, 0...`capacity`.
    @inlinable public var count: Int { Int(storedCount) }
    /// Whether it holds none.
    @inlinable public var isEmpty: Bool { storedCount == 0 }
    /// Whether `append(_:)` would refuse.
    @inlinable public var isFull: Bool { Int(storedCount) == capacity }
    /// The valid subscripts, `0..<count`.
    @inlinable public var indices: Range<Int> { 0..<Int(storedCount) }
    /// The element appended first; nil where there is none.
    @inlinable public var first: Element? { isEmpty ? nil : storage[0] }
    /// The element appended last; nil where there is none.
    @inlinable public var last: Element? { isEmpty ? nil : storage[Int(storedCount) - 1] }

    /// Appends where there is room, and says whether there was.
    @inlinable @discardableResult
    public mutating func append(_ element: Element) -> Bool {
        guard Int(storedCount) < capacity else { return false }
        storage[Int(storedCount)] = element
        storedCount += 1
        return true
    }

    /// Leaves no element; the slots keep what they held.
    @inlinable
    public mutating func removeAll() { storedCount = 0 }

    /// The element at `index`, which must be among `indices`.
    @inlinable
    public subscript(index: Int) -> Element {
        precondition(index >= 0 && index < Int(storedCount), "index outside the elements")
        return storage[index]
    }
}

extension BoundedArray: Equatable where Element: Equatable {
    @inlinable
    public static func == (left: Self, right: Self) -> Bool {
        guard left.storedCount == right.storedCount else { return false }
        for index in left.indices where left.storage[index] != right.storage[index] { return false }
        return true
    }
}

extension BoundedArray {
    /// The elements as an ordinary array, for tests and for output off the hot path.
    public var elements: [Element] { indices.map { storage[$0] } }
}
