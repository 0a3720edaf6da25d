import PacketDecode
import Testing

@Suite struct SequenceNumberTests {
    @Test(
        arguments: [
            (0, 1, 1), (1, 0, -1), (0xFFFF_FFFF, 0, 1), (0, 0xFFFF_FFFF, -1), (0xFFFF_FF00, 0x100, 512),
            (0x7FFF_FFFF, 0x8000_0000, 1), (0, 0x7FFF_FFFF, 0x7FFF_FFFF), (0, 0x8000_0000, -0x8000_0000),
            (5, 5, 0),
        ] as [(UInt32, UInt32, Int32)])
    func distanceWraps(from: UInt32, to: UInt32, expected: Int32) {
        #expect(SequenceNumber(rawValue: from).distance(to: SequenceNumber(rawValue: to)) == expected)
    }

    @Test func advancedWraps() {
        #expect(SequenceNumber(rawValue: 0xFFFF_FFFF).advanced(by: 2).rawValue == 1)
        #expect(SequenceNumber(rawValue: 0).advanced(by: -1).rawValue == 0xFFFF_FFFF)
        #expect(SequenceNumber(rawValue: 7).advanced(by: 1 << 32).rawValue == 7)
    }

    @Test func distanceUndoesAdvanced() {
        for start in [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32] {
            for step in [-2_147_483_648, -1, 0, 1, 1448, 2_147_483_647] {
                let number = SequenceNumber(rawValue: start)
                #expect(Int(number.distance(to: number.advanced(by: step))) == step)
            }
        }
    }
}
