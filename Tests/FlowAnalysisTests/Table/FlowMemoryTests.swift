import Testing

@testable import FlowAnalysis

@Suite struct FlowMemoryTests {
    /// A flow is one slot, with an unused half beside it at worst, and entries of 8 octets in the index, of which 5/16 are
    /// taken at least. An idle connection holds nothing else: what the table remembers besides is bounded as a whole.
    @Test func anIdleConnectionTakesAtMost512Octets() {
        let slot = MemoryLayout<FlowSlot>.stride
        let atWorst = slot * 3 / 2 + 8 * 16 / 5
        print(
            "octets: slot \(slot), connection \(MemoryLayout<TCPConnection>.stride), an idle flow at worst \(atWorst)")
        #expect(atWorst <= 512)
    }
}
