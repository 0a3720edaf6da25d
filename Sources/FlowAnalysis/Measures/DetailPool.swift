/// The details of all flows together: their memory is bounded, and a flow that is forgotten gives its own back.
///
/// A detail's name is its index plus 1; 0 names none.
struct DetailPool {
    private var details = ChunkedArray<DirectionDetail>()
    private var free: UInt32 = 0
    /// The most details.
    let capacity: Int
    /// Times that a direction wanted a detail and none was left.
    private(set) var refusedCount: UInt64 = 0

    init(capacity: Int) { self.capacity = max(1, min(capacity, Int(UInt32.max) - 1)) }

    /// Details that exist, in use or free.
    var count: Int { details.count }

    /// A new detail's name, or 0 where all are taken.
    mutating func take() -> UInt32 {
        if free != 0 {
            let name = free
            free = details[Int(name) - 1].nextFree
            details[Int(name) - 1] = DirectionDetail()
            return name
        }
        guard details.count < capacity else { return 0 }
        details.append(DirectionDetail())
        return UInt32(details.count)
    }

    mutating func giveBack(_ name: UInt32) {
        details[Int(name) - 1].nextFree = free
        free = name
    }

    mutating func noteRefusal() { refusedCount += 1 }

    subscript(name: UInt32) -> DirectionDetail {
        @inline(__always) get { details[Int(name) - 1] }
        @inline(__always) _modify { yield &details[Int(name) - 1] }
    }
}
