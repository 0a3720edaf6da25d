import PacketDecode
import Testing

@Suite struct BoundedArrayTests {
    @Test func keepsUpToItsCapacity() {
        var array = BoundedArray<3, UInt16>(filler: 7)
        #expect(array.isEmpty)
        #expect(array.first == nil)
        #expect(array.last == nil)
        for value in 1...3 as ClosedRange<UInt16> {
            #expect(!array.isFull)
            let isKept = array.append(value)
            #expect(isKept)
        }
        #expect(array.isFull)
        let isKept = array.append(4)
        #expect(!isKept)
        #expect(array.elements == [1, 2, 3])
        #expect(array.first == 1)
        #expect(array.last == 3)
        #expect(array[1] == 2)
    }

    @Test func fillerIsNoPartOfItsValue() {
        #expect(BoundedArray<2, UInt8>(filler: 1) == BoundedArray<2, UInt8>(filler: 2))
    }
}
