/// The octets of one side that were captured, as intervals of its relative sequence numbers.
///
/// The highest interval, which an in-order stream extends, stands here: O(1), no memory elsewhere. The lower ones, which
/// exist while there are holes, are links of an `IntervalPool`, the highest first.
///
/// Invariants: intervals are not empty (but the highest one, before the first octet), do not touch each other, and the
/// list descends. At most `lowerCapacity` lower ones: beyond that, or where the pool is exhausted, the lowest hole is
/// closed, so that its octets count as seen. The set then errs towards "seen", in the oldest part, and the pool's
/// `closedHoleCount` says how often. So an insert takes O(lowerCapacity) at worst, whatever comes.
struct SeenOctets: BitwiseCopyable {
    /// The most intervals below the highest one.
    static let lowerCapacity = 256

    private(set) var start: Int64
    private(set) var end: Int64
    private var lower: UInt32 = 0
    private(set) var lowerCount: UInt16 = 0

    /// Empty; the first octet is expected at `position`.
    init(from position: Int64) {
        start = position
        end = position
    }

    /// One interval; empty where the two are the same.
    init(from start: Int64, to end: Int64) {
        self.start = start
        self.end = end
    }

    var isEmpty: Bool { start == end }

    /// The part of an interval that was seen before.
    struct Repetition: BitwiseCopyable, Equatable {
        /// The first octet seen before.
        var start: Int64
        /// Behind the last octet seen before.
        var end: Int64
        /// Octets seen before; fewer than `end - start` where there are holes between.
        var count: Int64
    }

    /// What of `first..<last` was seen; nil where nothing was.
    func repetition(of first: Int64, _ last: Int64, in pool: borrowing IntervalPool) -> Repetition? {
        guard first < end, first < last else { return nil }
        var result: Repetition?
        Self.note(max(first, start), min(last, end), in: &result)
        guard first < start else { return result }
        var name = lower
        while name != 0 {
            let link = pool[name]
            if link.end <= first { break }
            Self.note(max(first, link.start), min(last, link.end), in: &result)
            name = link.next
        }
        return result
    }

    /// Adds a repeated part that lies below those that were noted.
    private static func note(_ first: Int64, _ last: Int64, in result: inout Repetition?) {
        guard first < last else { return }
        if let above = result {
            result = Repetition(start: first, end: above.end, count: above.count + last - first)
        } else {
            result = Repetition(start: first, end: last, count: last - first)
        }
    }

    /// Adds `first..<last`, which may be empty.
    mutating func insert(_ first: Int64, _ last: Int64, in pool: inout IntervalPool) {
        guard first < last else { return }
        if first == end {
            end = last
        } else if isEmpty {
            start = first
            end = last
        } else if first > end {
            insertAbove(first, last, in: &pool)
        } else if first >= start {
            end = max(end, last)
        } else if last >= start {
            end = max(end, last)
            var lowest = first
            lower = absorb(from: lower, lowest: &lowest, in: &pool)
            start = lowest
        } else {
            insertBelow(first, last, in: &pool)
        }
    }

    /// Adds what follows the highest octet, up to `last`.
    @inline(__always)
    mutating func extend(to last: Int64) { end = last }

    /// Forgets all, and expects the first octet at `position`.
    mutating func removeAll(in pool: inout IntervalPool, from position: Int64) {
        while lower != 0 {
            let next = pool[lower].next
            pool.giveBack(lower)
            lower = next
        }
        self = SeenOctets(from: position)
    }

    /// Hands each interval below the highest to `body`, the highest first.
    func forEachLower(in pool: borrowing IntervalPool, _ body: (IntervalPool.Link) -> Void) {
        var name = lower
        while name != 0 {
            let link = pool[name]
            body(link)
            name = link.next
        }
    }

    /// The intervals, ascending; for tests.
    func intervals(in pool: borrowing IntervalPool) -> [Range<Int64>] {
        var result = isEmpty ? [] : [start..<end]
        forEachLower(in: pool) { result.append($0.start..<$0.end) }
        return result.reversed()
    }

    private mutating func insertAbove(_ first: Int64, _ last: Int64, in pool: inout IntervalPool) {
        if Int(lowerCount) == Self.lowerCapacity { closeLowestHole(in: &pool) }
        var name = pool.take(start: start, end: end, next: lower)
        if name == nil, lowerCount > 0 {
            closeLowestHole(in: &pool)
            name = pool.take(start: start, end: end, next: lower)
        }
        if let name {
            lower = name
            lowerCount += 1
            start = first
        } else {
            pool.noteClosedHole()
        }
        end = last
    }

    /// Inserts what lies wholly below the highest interval and does not touch it.
    private mutating func insertBelow(_ first: Int64, _ last: Int64, in pool: inout IntervalPool) {
        // The lowest link above the place, and the highest one that is not above it.
        var above: UInt32 = 0
        var name = lower
        while name != 0, pool[name].start > last {
            above = name
            name = pool[name].next
        }
        if name != 0, pool[name].end >= first {
            // It touches this one: grow it, and take in those below that it reaches now.
            pool[name].end = max(pool[name].end, last)
            var lowest = min(first, pool[name].start)
            let next = absorb(from: pool[name].next, lowest: &lowest, in: &pool)
            pool[name].start = lowest
            pool[name].next = next
            return
        }
        let needsRoom = Int(lowerCount) == Self.lowerCapacity
        if !needsRoom, let link = pool.take(start: first, end: last, next: name) {
            if above == 0 { lower = link } else { pool[above].next = link }
            lowerCount += 1
        } else if lowerCount > 0 {
            closeLowestHole(in: &pool)
            insert(first, last, in: &pool)
        } else {
            pool.noteClosedHole()
            start = first
        }
    }

    /// Takes in the links from `name` down that touch `lowest`, lowers it to their start, and returns the link behind.
    private mutating func absorb(
        from name: UInt32, lowest: inout Int64, in pool: inout IntervalPool
    ) -> UInt32 {
        var name = name
        while name != 0, pool[name].end >= lowest {
            lowest = min(lowest, pool[name].start)
            let next = pool[name].next
            pool.giveBack(name)
            lowerCount -= 1
            name = next
        }
        return name
    }

    /// Joins the two lowest intervals.
    private mutating func closeLowestHole(in pool: inout IntervalPool) {
        guard lower != 0 else { return }
        pool.noteClosedHole()
        lowerCount -= 1
        var above: UInt32 = 0
        var lowest = lower
        while pool[lowest].next != 0 {
            above = lowest
            lowest = pool[lowest].next
        }
        if above == 0 {
            start = pool[lowest].start
            lower = 0
        } else {
            pool[above].start = pool[lowest].start
            pool[above].next = 0
        }
        pool.giveBack(lowest)
    }
}
