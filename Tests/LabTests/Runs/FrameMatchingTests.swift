import Testing

@testable import Lab

struct FrameMatchingTests {
    @Test func frameThatTheLinkDoubledHasTwoNumbers() {
        var matching = FrameMatching()
        matching.noteLink(5, hash: 100)
        matching.noteCapture(8, hash: 100)
        matching.noteCapture(9, hash: 100)
        matching.noteLink(5, hash: 100)
        #expect(matching.take(5) == [8, 9])
        #expect(matching.take(5) == [])
    }

    @Test func eitherSideMayComeFirstAndInAnotherOrder() {
        var matching = FrameMatching()
        matching.noteCapture(1, hash: 11)
        matching.noteCapture(2, hash: 12)
        matching.noteLink(1, hash: 12)
        matching.noteLink(2, hash: 11)
        #expect(matching.take(1) == [2])
        #expect(matching.take(2) == [1])
    }

    @Test func frameThatOneSideLacksLeavesTheOthersAlone() {
        var matching = FrameMatching()
        matching.noteLink(1, hash: 1)
        matching.noteLink(2, hash: 2)
        matching.noteCapture(7, hash: 99)
        matching.noteCapture(8, hash: 2)
        #expect(matching.take(1) == [])
        #expect(matching.take(2) == [8])
    }

    @Test func ofEqualFramesTheFirstIsTheFirst() {
        var matching = FrameMatching()
        for number in UInt64(1)...3 { matching.noteLink(number, hash: 4) }
        for number in UInt64(21)...23 { matching.noteCapture(number, hash: 4) }
        #expect((UInt64(1)...3).map { matching.take($0) } == [[21], [22], [23]])
    }
}
