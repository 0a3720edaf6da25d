import TestSupport
import Testing

@testable import FlowAnalysis

@Suite struct FlowIndexTests {
    /// Few hash values, so that runs are long and wrap around the end.
    @Test(arguments: [UInt64(1), 2, 3], [UInt32(0x3), 0x3F, 0xFFFF_FFFF])
    func agreesWithADictionary(seed: UInt64, mask: UInt32) {
        var generator = SeededGenerator(seed: seed)
        var index = FlowIndex()
        var model: [Int: UInt32] = [:]
        for _ in 0..<1_000 {
            let place = Int.random(in: 0..<60, using: &generator)
            if let hash = model[place] {
                #expect(index.place(of: hash, where: { $0 == place }) == place)
                index.remove(hash, place: place)
                model[place] = nil
                #expect(index.place(of: hash, where: { $0 == place }) == nil)
            } else {
                let hash = UInt32.random(in: 0...UInt32.max, using: &generator) & mask | ~mask & 0xFFFF_FFFC
                index.insert(hash, place: place)
                model[place] = hash
            }
            let lost = model.filter { place, hash in index.place(of: hash, where: { $0 == place }) != place }
            #expect(lost.isEmpty, "seed \(seed)")
        }
    }

    @Test func growsAsItFills() {
        var index = FlowIndex()
        var generator = SeededGenerator(seed: 9)
        let hashes = (0..<10_000).map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) }
        for (place, hash) in hashes.enumerated() { index.insert(hash, place: place) }
        for (place, hash) in hashes.enumerated() {
            #expect(index.place(of: hash, where: { $0 == place }) == place)
        }
    }
}
