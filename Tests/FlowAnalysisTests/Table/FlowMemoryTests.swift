import Testing

@testable import FlowAnalysis

@Suite struct FlowMemoryTests {
    /// A flow is one slot, its record of measures, and entries of 8 octets in the index, of which 5/16 are taken at least.
    /// Unused room behind the last slot and record was never touched, so that it takes no memory but for the rest of a huge page.
    /// An idle connection holds nothing else: what the table remembers besides is bounded as a whole.
    @Test func anIdleConnectionTakesAtMost512Octets() {
        let slot = MemoryLayout<FlowSlot>.stride
        let record = MemoryLayout<FlowRecord>.stride
        let atWorst = slot + record + 8 * 16 / 5
        print("octets: slot \(slot), record of measures \(record), an idle flow at worst \(atWorst)")
        // Whole lines of the processor's cache, so that none is of two flows.
        #expect(slot == 256)
        #expect(record == 192)
        #expect(atWorst <= 512)
    }

    @Test func allLabelsAndCausesAreCounted() {
        #expect(SegmentLabel.Kind.allCases.count <= DirectionTroubles.kindCapacity)
        #expect(SegmentLabel.Cause.allCases.count <= DirectionTroubles.causeCapacity)
    }

    /// 65,535 details are at most 104 MiB.
    @Test func aDetailIsBounded() {
        let few = MemoryLayout<DirectionDetail>.stride
        let troubles = MemoryLayout<DirectionTroubles>.stride
        print("octets: detail \(few), troubles \(troubles), histogram \(MemoryLayout<DurationHistogram>.stride)")
        #expect(few == 256)
        #expect(few + troubles + MemoryLayout<DurationHistogram>.stride <= 1664)
    }
}
