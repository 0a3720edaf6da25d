/// Elements in chunks of 512, for arrays that grow to be very large: growing copies no element, and at most one chunk's
/// room is unused.
struct ChunkedArray<Element: BitwiseCopyable> {
    @usableFromInline static var shift: Int { 9 }
    private var chunks: [[Element]] = []
    private(set) var count = 0

    init() {}

    subscript(index: Int) -> Element {
        @inline(__always) get { chunks[index >> Self.shift][index & (1 << Self.shift - 1)] }
        @inline(__always) _modify { yield &chunks[index >> Self.shift][index & (1 << Self.shift - 1)] }
    }

    mutating func append(_ element: Element) {
        if count & (1 << Self.shift - 1) == 0 {
            var chunk: [Element] = []
            chunk.reserveCapacity(1 << Self.shift)
            chunks.append(chunk)
        }
        chunks[chunks.count - 1].append(element)
        count += 1
    }
}
