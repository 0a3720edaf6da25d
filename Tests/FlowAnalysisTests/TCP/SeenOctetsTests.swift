import TestSupport
import Testing

@testable import FlowAnalysis

@Suite struct SeenOctetsTests {
    /// A set with the intervals 10..<20, 30..<40 and 50..<60, and one insertion into it.
    struct Shape: CustomTestStringConvertible, Sendable {
        var name: String
        var inserted: Range<Int64>
        var repeated: Int64
        var first: Int64?
        var after: [Range<Int64>]
        var testDescription: String { name }
    }

    static let shapes: [Shape] = [
        Shape(name: "nothing", inserted: 33..<33, repeated: 0, first: nil, after: [10..<20, 30..<40, 50..<60]),
        Shape(name: "in order", inserted: 60..<70, repeated: 0, first: nil, after: [10..<20, 30..<40, 50..<70]),
        Shape(name: "beyond", inserted: 70..<80, repeated: 0, first: nil, after: [10..<20, 30..<40, 50..<60, 70..<80]),
        Shape(name: "below all", inserted: 2..<5, repeated: 0, first: nil, after: [2..<5, 10..<20, 30..<40, 50..<60]),
        Shape(
            name: "touching the lowest from below", inserted: 5..<10, repeated: 0, first: nil,
            after: [5..<20, 30..<40, 50..<60]),
        Shape(
            name: "in a hole", inserted: 23..<26, repeated: 0, first: nil,
            after: [10..<20, 23..<26, 30..<40, 50..<60]),
        Shape(
            name: "in the highest hole", inserted: 43..<46, repeated: 0, first: nil,
            after: [10..<20, 30..<40, 43..<46, 50..<60]),
        Shape(
            name: "at the start of a hole", inserted: 20..<25, repeated: 0, first: nil,
            after: [10..<25, 30..<40, 50..<60]),
        Shape(
            name: "at the end of a hole", inserted: 25..<30, repeated: 0, first: nil,
            after: [10..<20, 25..<40, 50..<60]),
        Shape(name: "a whole hole", inserted: 20..<30, repeated: 0, first: nil, after: [10..<40, 50..<60]),
        Shape(name: "the whole highest hole", inserted: 40..<50, repeated: 0, first: nil, after: [10..<20, 30..<60]),
        Shape(name: "the same", inserted: 30..<40, repeated: 10, first: 30, after: [10..<20, 30..<40, 50..<60]),
        Shape(
            name: "the same highest", inserted: 50..<60, repeated: 10, first: 50,
            after: [10..<20, 30..<40, 50..<60]),
        Shape(name: "within one", inserted: 32..<35, repeated: 3, first: 32, after: [10..<20, 30..<40, 50..<60]),
        Shape(
            name: "within the highest", inserted: 52..<55, repeated: 3, first: 52,
            after: [10..<20, 30..<40, 50..<60]),
        Shape(
            name: "over the head of one", inserted: 25..<33, repeated: 3, first: 30,
            after: [10..<20, 25..<40, 50..<60]),
        Shape(
            name: "over the tail of one", inserted: 37..<43, repeated: 3, first: 37,
            after: [10..<20, 30..<43, 50..<60]),
        Shape(
            name: "over the head of the highest", inserted: 45..<53, repeated: 3, first: 50,
            after: [10..<20, 30..<40, 45..<60]),
        Shape(
            name: "over the tail of the highest", inserted: 55..<65, repeated: 5, first: 55,
            after: [10..<20, 30..<40, 50..<65]),
        Shape(name: "around one", inserted: 25..<45, repeated: 10, first: 30, after: [10..<20, 25..<45, 50..<60]),
        Shape(
            name: "around the highest", inserted: 45..<65, repeated: 10, first: 50,
            after: [10..<20, 30..<40, 45..<65]),
        Shape(name: "from one into the next", inserted: 15..<35, repeated: 10, first: 15, after: [10..<40, 50..<60]),
        Shape(name: "from the lowest into the highest", inserted: 15..<55, repeated: 20, first: 15, after: [10..<60]),
        Shape(
            name: "from one through the next", inserted: 15..<45, repeated: 15, first: 15,
            after: [10..<45, 50..<60]),
        Shape(name: "around all", inserted: 0..<100, repeated: 30, first: 10, after: [0..<100]),
        Shape(
            name: "around all below the highest", inserted: 0..<45, repeated: 20, first: 10,
            after: [0..<45, 50..<60]),
    ]

    @Test(arguments: shapes)
    func overlap(_ shape: Shape) {
        var pool = IntervalPool(capacity: 100)
        var seen = SeenOctets(from: 10)
        for interval in [Int64(10)..<20, 30..<40, 50..<60] {
            seen.insert(interval.lowerBound, interval.upperBound, in: &pool)
        }
        let repetition = seen.repetition(of: shape.inserted.lowerBound, shape.inserted.upperBound, in: pool)
        #expect(repetition?.count ?? 0 == shape.repeated)
        #expect(repetition?.start == shape.first)
        seen.insert(shape.inserted.lowerBound, shape.inserted.upperBound, in: &pool)
        #expect(seen.intervals(in: pool) == shape.after)
        #expect(Int(seen.lowerCount) == shape.after.count - 1)
        #expect(pool.takenCount == shape.after.count - 1)
        #expect(pool.closedHoleCount == 0)
    }

    @Test func emptyTakesAnyFirstInterval() {
        var pool = IntervalPool(capacity: 1)
        for first in [Int64(-5), 1, 7] {
            var seen = SeenOctets(from: 1)
            #expect(seen.isEmpty)
            #expect(seen.repetition(of: first, first + 2, in: pool) == nil)
            seen.insert(first, first + 2, in: &pool)
            #expect(seen.intervals(in: pool) == [first..<first + 2])
        }
    }

    /// Random insertions against one flag for each octet.
    @Test(arguments: 1...16)
    func agreesWithABitmap(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var pool = IntervalPool(capacity: 10_000)
        var seen = SeenOctets(from: 0)
        var bitmap = [Bool](repeating: false, count: 400)
        let longest = Int64.random(in: 1...40, using: &generator)
        for step in 0..<300 {
            let first = Int64.random(in: 0..<360, using: &generator)
            let last = first + Int64.random(in: 0...longest, using: &generator)
            let known = (first..<last).filter { bitmap[Int($0)] }
            let repetition = seen.repetition(of: first, last, in: pool)
            #expect(repetition?.count ?? 0 == Int64(known.count), "seed \(seed), step \(step)")
            #expect(repetition?.start == known.first, "seed \(seed), step \(step)")
            #expect(repetition?.end == known.last.map { $0 + 1 }, "seed \(seed), step \(step)")
            seen.insert(first, last, in: &pool)
            for octet in first..<last { bitmap[Int(octet)] = true }
            let intervals = seen.intervals(in: pool)
            #expect(intervals == Self.intervals(of: bitmap), "seed \(seed), step \(step)")
            #expect(pool.takenCount == max(0, intervals.count - 1), "seed \(seed), step \(step)")
        }
        seen.removeAll(in: &pool, from: 0)
        #expect(pool.takenCount == 0)
    }

    static func intervals(of bitmap: [Bool]) -> [Range<Int64>] {
        var result: [Range<Int64>] = []
        for octet in bitmap.indices where bitmap[octet] {
            if let last = result.last, last.upperBound == Int64(octet) {
                result[result.count - 1] = last.lowerBound..<Int64(octet) + 1
            } else {
                result.append(Int64(octet)..<Int64(octet) + 1)
            }
        }
        return result
    }

    /// A segment in every other place: the set keeps its bound, and closes its lowest holes.
    @Test func beyondItsBoundTheLowestHolesClose() {
        var pool = IntervalPool(capacity: 10_000)
        var seen = SeenOctets(from: 0)
        let extra = 100
        for index in 0..<Int64(SeenOctets.lowerCapacity + 1 + extra) {
            seen.insert(index * 10, index * 10 + 5, in: &pool)
        }
        #expect(Int(seen.lowerCount) == SeenOctets.lowerCapacity)
        #expect(pool.takenCount == SeenOctets.lowerCapacity)
        #expect(Int(pool.closedHoleCount) == extra)
        let intervals = seen.intervals(in: pool)
        #expect(intervals.first == 0..<Int64(extra) * 10 + 5)
        #expect(intervals.dropFirst().first == Int64(extra + 1) * 10..<Int64(extra + 1) * 10 + 5)
    }

    @Test func fromAboveToBelowBeyondItsBound() {
        var pool = IntervalPool(capacity: 10_000)
        var seen = SeenOctets(from: 0)
        for index in stride(from: Int64(999), through: 0, by: -1) {
            seen.insert(index * 10, index * 10 + 5, in: &pool)
        }
        #expect(Int(seen.lowerCount) == SeenOctets.lowerCapacity)
        #expect(seen.intervals(in: pool).last == 9_990..<9_995)
        #expect(seen.intervals(in: pool).first?.lowerBound == 0)
    }

    /// Octets that were seen stay seen, whatever a pool without room makes the set do.
    @Test(arguments: [1, 2, 5], 1...4)
    func anExhaustedPoolForgetsHolesNotOctets(capacity: Int, seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var pool = IntervalPool(capacity: capacity)
        var sets = [SeenOctets(from: 0), SeenOctets(from: 0)]
        var bitmaps = [[Bool]](repeating: [Bool](repeating: false, count: 400), count: 2)
        for step in 0..<300 {
            let which = Int.random(in: 0...1, using: &generator)
            let first = Int64.random(in: 0..<380, using: &generator)
            let last = first + Int64.random(in: 1...9, using: &generator)
            sets[which].insert(first, last, in: &pool)
            for octet in first..<last { bitmaps[which][Int(octet)] = true }
            for index in 0...1 {
                let intervals = sets[index].intervals(in: pool)
                let missing = bitmaps[index].indices.filter { octet in
                    bitmaps[index][octet] && !intervals.contains { $0.contains(Int64(octet)) }
                }
                #expect(missing.isEmpty, "capacity \(capacity), seed \(seed), step \(step)")
            }
            #expect(pool.takenCount <= capacity)
            #expect(pool.takenCount == sets.reduce(0) { $0 + Int($1.lowerCount) })
        }
    }
}
