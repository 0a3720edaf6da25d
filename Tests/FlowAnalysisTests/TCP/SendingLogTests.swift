import PacketDecode
import Testing

@testable import FlowAnalysis

@Suite struct SendingLogTests {
    @Test func findsTheSendingOfAnOctet() {
        var log = SendingLog(capacity: 8)
        var newest: UInt64 = 0
        for index in 0..<5 {
            newest = log.record(
                start: Int64(index) * 10, length: 10, frame: UInt64(index + 1),
                timestamp: Timestamp(nanosecondsSinceEpoch: 0), previous: newest)
        }
        for octet in Int64(0)..<50 {
            #expect(log.sending(of: octet, newest: newest)?.frame == UInt64(octet / 10 + 1))
        }
        #expect(log.sending(of: 50, newest: newest) == nil)
        #expect(log.sending(of: -1, newest: newest) == nil)
        #expect(log.sending(of: 0, newest: 0) == nil)
    }

    /// Two sides share a ring of eight: each finds its own, and nothing that the ring has written over.
    @Test func forgetsTheOldestOfAll() {
        var log = SendingLog(capacity: 8)
        var newest: [UInt64] = [0, 0]
        for index in 0..<100 {
            let side = index % 3 == 0 ? 1 : 0
            newest[side] = log.record(
                start: Int64(index), length: 1, frame: UInt64(index), timestamp: Timestamp(nanosecondsSinceEpoch: 0),
                previous: newest[side])
            for earlier in 0...index {
                let owner = earlier % 3 == 0 ? 1 : 0
                let found = log.sending(of: Int64(earlier), newest: newest[owner])
                #expect(found?.frame == (index - earlier < 8 ? UInt64(earlier) : nil))
                #expect(log.sending(of: Int64(earlier), newest: newest[1 - owner]) == nil)
            }
        }
    }

    @Test func aSideThatWasSilentForAWholeRing() {
        var log = SendingLog(capacity: 4)
        let time = Timestamp(nanosecondsSinceEpoch: 0)
        let silent = log.record(start: 0, length: 1, frame: 1, timestamp: time, previous: 0)
        var other: UInt64 = 0
        for index in 0..<9 {
            other = log.record(start: 0, length: 1, frame: UInt64(index + 2), timestamp: time, previous: other)
        }
        #expect(log.sending(of: 0, newest: silent) == nil)
        let again = log.record(start: 1, length: 1, frame: 99, timestamp: time, previous: silent)
        #expect(log.sending(of: 1, newest: again)?.frame == 99)
        #expect(log.sending(of: 0, newest: again) == nil)
    }
}
