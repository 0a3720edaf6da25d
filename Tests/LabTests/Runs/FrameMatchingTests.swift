import PacketDecode
import Testing

@testable import Lab

private let moment = Timestamp(nanosecondsSinceEpoch: 1_000)

struct FrameMatchingTests {
    @Test func frameThatTheLinkDoubledHasTwoNumbers() {
        var matching = FrameMatching()
        matching.noteLink(5, hash: 100, at: moment)
        matching.noteCapture(8, hash: 100, at: moment)
        matching.noteCapture(9, hash: 100, at: moment)
        matching.noteLink(5, hash: 100, at: moment)
        #expect(matching.take(5) == [8, 9])
        #expect(matching.take(5) == [])
    }

    @Test func eitherSideMayComeFirstAndInAnotherOrder() {
        var matching = FrameMatching()
        matching.noteCapture(1, hash: 11, at: moment)
        matching.noteCapture(2, hash: 12, at: moment)
        matching.noteLink(1, hash: 12, at: moment)
        matching.noteLink(2, hash: 11, at: moment)
        #expect(matching.take(1) == [2])
        #expect(matching.take(2) == [1])
    }

    @Test func frameThatOneSideLacksLeavesTheOthersAlone() {
        var matching = FrameMatching()
        matching.noteLink(1, hash: 1, at: moment)
        matching.noteLink(2, hash: 2, at: moment)
        matching.noteCapture(7, hash: 99, at: moment)
        matching.noteCapture(8, hash: 2, at: moment)
        #expect(matching.take(1) == [])
        #expect(matching.take(2) == [8])
    }

    @Test func ofEqualFramesTheFirstIsTheFirst() {
        var matching = FrameMatching()
        for number in UInt64(1)...3 { matching.noteLink(number, hash: 4, at: moment) }
        for number in UInt64(21)...23 { matching.noteCapture(number, hash: 4, at: moment) }
        #expect((UInt64(1)...3).map { matching.take($0) } == [[21], [22], [23]])
    }

    @Test func tellsWhatTheLinkHasNotShownYet() {
        var matching = FrameMatching()
        matching.noteCapture(1, hash: 1, at: moment)
        matching.noteCapture(2, hash: 2, at: moment.advanced(by: 5))
        #expect(matching.oldestOnlyCaptured(since: moment) == moment)
        #expect(matching.oldestOnlyCaptured(since: moment.advanced(by: 1)) == moment.advanced(by: 5))
        matching.noteLink(1, hash: 2, at: moment)
        matching.noteLink(2, hash: 1, at: moment)
        #expect(matching.oldestOnlyCaptured(since: moment) == nil)
    }
}
