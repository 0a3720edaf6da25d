/// The flows of a full table that were idle longest, in the order in which they make room for others.
///
/// A flow says when it was last used, and is in no list that each packet would have to mend. The flows that are to go next
/// are looked for all at once, an eighth of the table at a time: so finding one takes amortized O(1) looks and
/// O(log flows) comparisons.
struct IdleFlows {
    private struct Candidate: BitwiseCopyable {
        let place: Int32
        let lastUse: UInt64
    }

    private static let bucketCount = 1024
    /// The idlest last. One that was used since is passed over. All that are not among them were used later.
    private var candidates: [Candidate] = []

    /// The place of the flow that was idle longest.
    mutating func next(of slots: borrowing SteadyArray<FlowSlot>) -> Int {
        while true {
            while let candidate = candidates.popLast() {
                if slots[Int(candidate.place)].lastUse == candidate.lastUse { return Int(candidate.place) }
            }
            find(in: slots)
        }
    }

    /// Takes in an eighth of all flows or more, at least one: all that were used no later than some moment.
    private mutating func find(in slots: borrowing SteadyArray<FlowSlot>) {
        var first = UInt64.max
        var last: UInt64 = 0
        for index in slots.indices {
            first = min(first, slots[index].lastUse)
            last = max(last, slots[index].lastUse)
        }
        let width = (last - first) / UInt64(Self.bucketCount) + 1
        var counts = [Int](repeating: 0, count: Self.bucketCount)
        for index in slots.indices { counts[Int((slots[index].lastUse - first) / width)] += 1 }
        var bucket = 0
        var count = counts[0]
        while count * 8 < slots.count {
            bucket += 1
            count += counts[bucket]
        }
        candidates.reserveCapacity(count)
        for index in slots.indices where Int((slots[index].lastUse - first) / width) <= bucket {
            candidates.append(Candidate(place: Int32(index), lastUse: slots[index].lastUse))
        }
        candidates.sort { $0.lastUse > $1.lastUse }
    }
}
