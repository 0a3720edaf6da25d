import CMemory

/// Where flows stand, by hash: open addressing with linear probing.
///
/// An entry holds a hash in its high half and a place plus 1 in its low half; 0 is an empty entry. Invariants: the count of
/// entries is a power of two, at most 5/8 are taken, and no empty entry lies between an entry and where its hash points.
struct FlowIndex {
    private var entries: [UInt64]
    private var count = 0

    init() { entries = Array(repeating: 0, count: 64) }

    /// The place that `isMatch` accepts among those with this hash.
    @inline(__always)
    func place(of hash: UInt32, where isMatch: (Int) -> Bool) -> Int? {
        let mask = entries.count - 1
        var index = Int(hash) & mask
        while true {
            let entry = entries[index]
            if entry == 0 { return nil }
            if UInt32(truncatingIfNeeded: entry >> 32) == hash {
                let place = Int(entry & 0xFFFF_FFFF) - 1
                if isMatch(place) { return place }
            }
            index = (index + 1) & mask
        }
    }

    /// Has the processor fetch the first entry that `place` looks at.
    @inline(__always)
    func prefetch(_ hash: UInt32) {
        unsafe entries.withUnsafeBufferPointer { entries in
            unsafe wirewatch_memory_prefetch(entries.baseAddress.map { unsafe $0 + (Int(hash) & (entries.count - 1)) })
        }
    }

    mutating func insert(_ hash: UInt32, place: Int) {
        if (count + 1) * 8 > entries.count * 5 { grow() }
        count += 1
        put(UInt64(hash) << 32 | UInt64(place + 1))
    }

    mutating func remove(_ hash: UInt32, place: Int) {
        let mask = entries.count - 1
        let wanted = UInt64(hash) << 32 | UInt64(place + 1)
        var hole = Int(hash) & mask
        while entries[hole] != wanted {
            if entries[hole] == 0 { return }
            hole = (hole + 1) & mask
        }
        count -= 1
        // Entries behind move up into the hole, unless that would carry them past where their hash points.
        var index = hole
        while true {
            index = (index + 1) & mask
            let entry = entries[index]
            if entry == 0 { break }
            let home = Int(entry >> 32) & mask
            if (index - home) & mask >= (index - hole) & mask {
                entries[hole] = entry
                hole = index
            }
        }
        entries[hole] = 0
    }

    private mutating func put(_ entry: UInt64) {
        let mask = entries.count - 1
        var index = Int(entry >> 32) & mask
        while entries[index] != 0 { index = (index + 1) & mask }
        entries[index] = entry
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { put(entry) }
    }
}
