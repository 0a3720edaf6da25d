import PacketDecode
import Testing
import Timeline

@testable import Lab

struct LinkTallyTests {
    @Test func countsFatesAndWhatTheLinkStillHolds() {
        let now = Timestamp(nanosecondsSinceEpoch: 0)
        let verdicts: [FrameFate.Verdict] = [
            .dropped(.loss), .dropped(.rule(2)), .dropped(.loss), .delivered(first: now, second: nil),
            .delivered(first: now, second: now), .overtaken(at: now), .corrupted(at: now),
        ]
        var tally = LinkTally()
        for (index, verdict) in verdicts.enumerated() {
            tally.note(FrameFate(number: UInt64(index + 1), kind: .dataSegment, arrival: now, verdict: verdict))
        }
        tally.note(
            FrameFate(
                number: 8, kind: .neighborDiscovery, arrival: now, verdict: .delivered(first: now, second: nil)))
        #expect(tally.frames == 7)
        #expect(tally.dropCauses == [.loss: 2, .rule(2): 1] && tally.dropped == 3)
        #expect(tally.doubled == 1 && tally.overtaken == 1 && tally.corrupted == 1)
        // Six are to leave.
        #expect(tally.held == 6)
        tally.noteDeparted(5)
        #expect(tally.held == 1)
        tally.noteDeparted(1)
        #expect(tally.held == 0)
    }
}
