import CMemory

/// An array of plain values that may become very large, and whose elements stay where they are as it grows.
///
/// Room for all that there may ever be is a stretch of addresses; memory it becomes element by element. So nothing is copied to
/// grow, nothing is held for elements that did not come, and an element's lines of the processor's cache can be asked for in
/// advance. Elements whose size is a multiple of 64 octets begin with such a line.
@safe struct SteadyArray<Element: BitwiseCopyable>: ~Copyable {
    private let elements: UnsafeMutablePointer<Element>
    private let reservedOctets: Int
    private(set) var count = 0
    /// The most elements: as many as were asked for, or less where the system has not as many addresses to give.
    let capacity: Int

    /// - Parameter capacity: the most elements, at least 1.
    init(capacity: Int) {
        let stride = MemoryLayout<Element>.stride
        let (octets, isTooLarge) = max(1, capacity).multipliedReportingOverflow(by: stride)
        var reserved = 0
        let start = unsafe wirewatch_memory_reserve(isTooLarge ? Int.max >> 1 : octets, &reserved)
        // As any array does that finds no memory.
        guard let start = unsafe start, reserved >= stride else { preconditionFailure("no memory is left") }
        unsafe elements = start.bindMemory(to: Element.self, capacity: reserved / stride)
        reservedOctets = reserved
        self.capacity = min(max(1, capacity), reserved / stride)
    }

    deinit { unsafe wirewatch_memory_release(elements, reservedOctets) }

    var isFull: Bool { count == capacity }
    var indices: Range<Int> { 0..<count }

    /// Appends an element; there must be room.
    @inline(__always)
    mutating func append(_ element: Element) {
        precondition(count < capacity)
        unsafe (elements + count).initialize(to: element)
        count += 1
    }

    subscript(index: Int) -> Element {
        @inline(__always) unsafeAddress {
            precondition(index >= 0 && index < count)
            return unsafe UnsafePointer(elements + index)
        }
        @inline(__always) unsafeMutableAddress {
            precondition(index >= 0 && index < count)
            return unsafe elements + index
        }
    }

    /// Has the processor fetch lines of an element, from one on, without waiting for them.
    @inline(__always)
    func prefetch(_ index: Int, fromLine first: Int = 0, lines: Int) {
        let start = unsafe UnsafeRawPointer(elements + index)
        for line in first..<first + lines { unsafe wirewatch_memory_prefetch(start + line * 64) }
    }
}

extension Span where Element: BitwiseCopyable {
    /// Has the processor fetch elements, without waiting for them.
    @inline(__always)
    func prefetch(_ range: Range<Int>) {
        unsafe withUnsafeBytes { octets in
            let stride = MemoryLayout<Element>.stride
            for offset in Swift.stride(from: range.lowerBound * stride, to: range.upperBound * stride, by: 64) {
                unsafe wirewatch_memory_prefetch(octets.baseAddress.map { unsafe $0 + offset })
            }
        }
    }
}

// Nobody else has its memory.
extension SteadyArray: @unchecked Sendable where Element: Sendable {}
