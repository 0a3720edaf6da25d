/// The octets of a stream that were delivered last, for comparison with those that come again.
///
/// A ring. Invariant: it holds the `count` octets before `position`, the one at p in `ring[p mod capacity]`.
struct StreamHistory {
    private var ring: [UInt8] = []
    private let capacity: Int
    /// Behind the last octet.
    private var position: Int64
    private var count = 0

    init(capacity: Int, position: Int64) {
        self.capacity = max(0, capacity)
        self.position = position
    }

    /// Takes the octets that follow.
    mutating func append(_ octets: Span<UInt8>) {
        guard capacity > 0 else { return }
        // The memory comes with the first octet: most sides of most connections say little.
        if ring.isEmpty { ring = [UInt8](repeating: 0, count: capacity) }
        let kept = octets.extracting(last: capacity)
        position += Int64(octets.count)
        var place = place(of: position - Int64(kept.count))
        for index in kept.indices {
            ring[place] = kept[index]
            place += 1
            if place == capacity { place = 0 }
        }
        count = min(capacity, count + octets.count)
    }

    /// Forgets all: octets are missing, and the next ones begin at `position`.
    mutating func restart(at position: Int64) {
        self.position = position
        count = 0
    }

    /// Compares octets that stand at `start` with those that are held, and says how many of them could be.
    func compare(_ octets: Span<UInt8>, at start: Int64) -> (differences: OctetDifferences, comparedCount: Int) {
        var differences = OctetDifferences()
        let first = max(start, position - Int64(count))
        let end = min(start + Int64(octets.count), position)
        guard first < end else { return (differences, 0) }
        var place = place(of: first)
        for index in Int(first - start)..<Int(end - start) {
            if ring[place] != octets[index] { differences.note(Int(start) + index) }
            place += 1
            if place == capacity { place = 0 }
        }
        return (differences, Int(end - first))
    }

    private func place(of position: Int64) -> Int {
        let rest = Int(position % Int64(capacity))
        return rest < 0 ? rest + capacity : rest
    }
}
