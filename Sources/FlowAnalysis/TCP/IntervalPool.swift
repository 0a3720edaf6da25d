/// Intervals of sequence space in singly linked lists, all lists in one array: a list takes and gives back links without
/// the allocator, and the memory of all is bounded together.
///
/// A link's name is its index plus 1; 0 names none. Invariant: every link is in one list or in the list of free ones.
struct IntervalPool {
    struct Link: BitwiseCopyable {
        var start: Int64
        var end: Int64
        var next: UInt32
    }

    private var links: [Link] = []
    private var free: UInt32 = 0
    /// The most links.
    let capacity: Int
    /// Holes that lists closed for want of room.
    private(set) var closedHoleCount: UInt64 = 0

    init(capacity: Int) { self.capacity = max(1, min(capacity, Int(UInt32.max) - 1)) }

    /// A link of its own, or nil where all are taken.
    mutating func take(start: Int64, end: Int64, next: UInt32) -> UInt32? {
        let link = Link(start: start, end: end, next: next)
        if free != 0 {
            let name = free
            free = links[Int(name) - 1].next
            links[Int(name) - 1] = link
            return name
        }
        guard links.count < capacity else { return nil }
        links.append(link)
        return UInt32(links.count)
    }

    mutating func giveBack(_ name: UInt32) {
        links[Int(name) - 1].next = free
        free = name
    }

    mutating func noteClosedHole() { closedHoleCount += 1 }

    subscript(name: UInt32) -> Link {
        get { links[Int(name) - 1] }
        set { links[Int(name) - 1] = newValue }
    }

    /// Links in lists. O(capacity); for tests.
    var takenCount: Int {
        var count = links.count
        var name = free
        while name != 0 {
            count -= 1
            name = links[Int(name) - 1].next
        }
        return count
    }
}
