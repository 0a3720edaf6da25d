import Testing

@testable import FlowAnalysis

@Suite struct SteadyArrayTests {
    /// Far beyond what is given by the page: each element is what was put there, and where it was.
    @Test func keepsItsElements() {
        var array = SteadyArray<FlowRecordSized>(capacity: 100_000)
        var places: [UInt] = []
        for index in 0..<50_000 {
            array.append(FlowRecordSized(first: UInt64(index), last: UInt64(index) &* 3))
            if index % 10_000 == 0 { places.append(place(of: index, in: &array)) }
        }
        for index in stride(from: 0, to: 50_000, by: 2) { array[index].first &+= 1 }
        let (count, isFull) = (array.count, array.isFull)
        #expect(count == 50_000)
        #expect(!isFull)
        for index in array.indices {
            guard array[index].first == UInt64(index + 1 - index % 2), array[index].last == UInt64(index) &* 3 else {
                Issue.record("element \(index) is another one")
                return
            }
        }
        var placesNow: [UInt] = []
        for index in places.indices { placesNow.append(place(of: index * 10_000, in: &array)) }
        #expect(places == placesNow)
        #expect(places.allSatisfy { $0 % 64 == 0 })
    }

    @Test func isFullAtItsCapacity() {
        var array = SteadyArray<UInt64>(capacity: 3)
        for number in UInt64(0)..<3 { array.append(number) }
        let (isFull, capacity) = (array.isFull, array.capacity)
        #expect(isFull)
        #expect(capacity == 3)
    }

    /// More than a process has addresses for: as many as there are.
    @Test func takesWhatThereIs() {
        var array = SteadyArray<UInt64>(capacity: .max)
        array.append(7)
        let (first, capacity) = (array[0], array.capacity)
        #expect(first == 7)
        #expect(capacity > 1 << 20)
        #expect(capacity < Int.max)
    }

    private func place(of index: Int, in array: inout SteadyArray<FlowRecordSized>) -> UInt {
        unsafe withUnsafeMutablePointer(to: &array[index]) { unsafe UInt(bitPattern: $0) }
    }

    /// Three lines of the processor's cache.
    private struct FlowRecordSized: BitwiseCopyable {
        var first: UInt64
        var between = InlineArray<22, UInt64>(repeating: 0)
        var last: UInt64
    }
}
