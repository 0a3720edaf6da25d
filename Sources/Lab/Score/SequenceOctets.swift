/// The octets of a stream that something happened to, as ranges of relative numbers.
///
/// It is the score's own, plain and without bounds: a score must not share the code that it judges.
struct SequenceOctets {
    /// Sorted, neither touching nor overlapping.
    private var ranges: [Range<Int64>] = []

    /// The number behind the highest octet; nil where there is none.
    var end: Int64? { ranges.last?.upperBound }

    func contains(anyOf range: Range<Int64>) -> Bool { ranges.contains { $0.overlaps(range) } }

    mutating func insert(_ range: Range<Int64>) {
        guard !range.isEmpty else { return }
        let touching = ranges.filter { $0.upperBound >= range.lowerBound && $0.lowerBound <= range.upperBound }
        let lower = min(range.lowerBound, touching.first?.lowerBound ?? range.lowerBound)
        let upper = max(range.upperBound, touching.last?.upperBound ?? range.upperBound)
        ranges.removeAll { $0.upperBound >= range.lowerBound && $0.lowerBound <= range.upperBound }
        let place = ranges.firstIndex { $0.lowerBound > lower } ?? ranges.endIndex
        ranges.insert(lower..<upper, at: place)
    }
}
