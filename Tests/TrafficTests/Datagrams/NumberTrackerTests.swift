import SocketEvents
import TestSupport
import Testing

@Suite("Lost, doubled and late numbers")
struct NumberTrackerTests {
    private func tracker(_ numbers: [UInt64]) -> NumberTracker {
        var tracker = NumberTracker()
        for number in numbers { _ = tracker.observe(number) }
        return tracker
    }

    @Test("In order nothing is missing")
    func inOrder() {
        let tracker = tracker(Array(1...1000))
        #expect(tracker.total == 1000 && tracker.distinct == 1000 && tracker.lost == 0)
        #expect(tracker.doubled == 0 && tracker.outOfOrder == 0 && tracker.unplaced == 0)
    }

    @Test("What stands before the first number that comes is lost")
    func lateStart() {
        let tracker = tracker([4, 5])
        #expect(tracker.total == 5 && tracker.lost == 3)
    }

    @Test("A late number is out of order once, and doubled from then on")
    func late() {
        var tracker = tracker([1, 3])
        #expect(tracker.lost == 1)
        #expect(tracker.observe(2) == .outOfOrder)
        #expect(tracker.lost == 0)
        #expect(tracker.observe(2) == .doubled)
        #expect(tracker.observe(3) == .doubled)
        #expect(tracker.doubled == 2 && tracker.outOfOrder == 1)
    }

    /// Counts as the definitions say, with all of memory.
    private struct Model {
        var seen: Set<UInt64> = []
        var highest: UInt64 = 0
        var doubled: UInt64 = 0
        var outOfOrder: UInt64 = 0

        mutating func observe(_ number: UInt64) {
            if !seen.insert(number).inserted {
                doubled += 1
            } else if number < highest {
                outOfOrder += 1
            }
            highest = max(highest, number)
        }
    }

    @Test(
        "Any order, with numbers lost and doubled, is counted as the definitions say",
        arguments: 0..<20 as Range<UInt64>)
    func permutations(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var numbers: [UInt64] = []
        for number in 1...20_000 as ClosedRange<UInt64> {
            if Int.random(in: 0..<10, using: &generator) == 0 { continue }
            numbers.append(number)
            if Int.random(in: 0..<10, using: &generator) == 0 { numbers.append(number) }
        }
        // Blocks of any length up to the window's are shuffled.
        let block = [1, 2, 16, 64, 1000, 20_000][Int(seed) % 6]
        var start = 0
        while start < numbers.count {
            let end = min(numbers.count, start + block)
            numbers[start..<end].shuffle(using: &generator)
            start = end
        }
        var model = Model()
        for number in numbers { model.observe(number) }
        let tracker = tracker(numbers)
        #expect(tracker.highest == model.highest, "seed \(seed)")
        #expect(tracker.distinct == UInt64(model.seen.count), "seed \(seed)")
        #expect(tracker.doubled == model.doubled, "seed \(seed)")
        #expect(tracker.outOfOrder == model.outOfOrder, "seed \(seed)")
        #expect(tracker.lost == model.highest - UInt64(model.seen.count), "seed \(seed)")
        #expect(tracker.unplaced == 0)
    }

    @Test("The window slides over its own length many times")
    func longRun() {
        var tracker = NumberTracker()
        var number: UInt64 = 0
        while number < 10 * NumberTracker.windowLength {
            number += 3
            #expect(tracker.observe(number) == .new)
            // One in two of those that were passed over comes late.
            #expect(tracker.observe(number - 1) == .outOfOrder)
        }
        #expect(tracker.lost == number / 3)
    }

    @Test("At the window's edge a number is judged, beyond it is not")
    func edge() {
        let length = NumberTracker.windowLength
        var tracker = tracker([1, 2, length + 2])
        #expect(tracker.observe(3) == .outOfOrder)
        #expect(tracker.observe(2) == .unplaced)
        #expect(tracker.unplaced == 1 && tracker.doubled == 0)
    }

    @Test("A leap that nothing bears out changes no count but its own")
    func leap() {
        var tracker = tracker([1, 2, 3])
        for wild in [0, UInt64.max, 1 << 40, 1 << 63] { #expect(tracker.observe(wild) == .unplaced) }
        #expect(tracker.observe(4) == .new)
        #expect(tracker.total == 4 && tracker.lost == 0 && tracker.unplaced == 4)
    }

    @Test("A sender that begins anew is followed, and what was lost before stays lost")
    func restart() {
        var tracker = tracker([1, 2, 100_000, 99_999])
        #expect(tracker.lost == 99_996)
        #expect(tracker.observe(1) == .unplaced)
        #expect(tracker.observe(2) == .new)
        #expect(tracker.observe(4) == .new)
        #expect(tracker.restarts == 1 && tracker.unplaced == 0)
        #expect(tracker.total == 100_004 && tracker.lost == 99_997 && tracker.distinct == 7)
    }

    @Test("The sender's last number makes losses at the end known")
    func end() {
        var tracker = tracker([1, 2])
        tracker.end(at: 5)
        #expect(tracker.total == 5 && tracker.lost == 3)
        #expect(tracker.observe(4) == .outOfOrder)
        #expect(tracker.lost == 2)
        tracker.end(at: 5)
        tracker.end(at: .max)
        #expect(tracker.total == 5)
    }

    @Test("Numbers of 32 bits go on beyond their width")
    func unwrapping() {
        var tracker = NumberTracker()
        _ = tracker.observe((1 << 32) - 3)
        _ = tracker.observe((1 << 32) - 2)
        for low in [UInt32.max, 0, 1, 2] { #expect(tracker.observe(tracker.unwrapped(low)) == .new) }
        #expect(tracker.highest == (1 << 32) + 2)
        #expect(tracker.observe(tracker.unwrapped(UInt32.max)) == .doubled)
        #expect(tracker.lost == 0)
    }
}
