extension Array where Element: BitwiseCopyable {
    /// Elements from which on room for all that there may be is reserved at once.
    private static var greatStep: Int { 1 << 16 }
    /// The most elements that are reserved so.
    private static var greatestStep: Int { 1 << 20 }

    /// Appends to an array that may become very large.
    ///
    /// Above 65,536 elements, room for `limit` is reserved, up to a million: memory that no element was put in is only an
    /// address to the kernel. So a large array is not copied to grow, and holds no unused room.
    @inline(__always)
    mutating func append(_ element: Element, limit: Int) {
        if count == capacity { reserve(limit) }
        append(element)
    }

    @inline(never)
    private mutating func reserve(_ limit: Int) {
        guard count >= Self.greatStep, count < Self.greatestStep else { return }
        reserveCapacity(Swift.min(limit, Self.greatestStep))
    }
}
