import PacketDecode
import Testing

@testable import FlowAnalysis

@Suite struct SendingLogTests {
    private func sending(_ start: Int64, _ length: UInt32, frame: Int) -> SendingLog.Sending {
        SendingLog.Sending(
            start: start, frame: UInt64(frame), timestamp: Timestamp(nanosecondsSinceEpoch: 0), length: length,
            timestampValue: 0, timestampEcho: 0, identification: 0, marks: [], interface: 0)
    }

    @Test func findsTheSendingOfAnOctet() {
        var log = SendingLog(capacity: 8)
        var newest: UInt64 = 0
        for index in 0..<5 {
            newest = log.record(sending(Int64(index) * 10, 10, frame: index + 1), previous: newest)
        }
        for octet in Int64(0)..<50 {
            #expect(log.frame(of: octet, newest: newest) == UInt64(octet / 10 + 1))
        }
        #expect(log.frame(of: 50, newest: newest) == nil)
        #expect(log.frame(of: -1, newest: newest) == nil)
        #expect(log.frame(of: 0, newest: 0) == nil)
    }

    /// Two sides share a ring of eight: each finds its own, and nothing that the ring has written over.
    @Test func forgetsTheOldestOfAll() {
        var log = SendingLog(capacity: 8)
        var newest: [UInt64] = [0, 0]
        for index in 0..<100 {
            let side = index % 3 == 0 ? 1 : 0
            newest[side] = log.record(sending(Int64(index), 1, frame: index), previous: newest[side])
            for earlier in 0...index {
                let owner = earlier % 3 == 0 ? 1 : 0
                let found = log.frame(of: Int64(earlier), newest: newest[owner])
                #expect(found == (index - earlier < 8 ? UInt64(earlier) : nil))
                #expect(log.frame(of: Int64(earlier), newest: newest[1 - owner]) == nil)
            }
        }
    }

    @Test func aSideThatWasSilentForAWholeRing() {
        var log = SendingLog(capacity: 4)
        let silent = log.record(sending(0, 1, frame: 1), previous: 0)
        var other: UInt64 = 0
        for index in 0..<9 {
            other = log.record(sending(0, 1, frame: index + 2), previous: other)
        }
        #expect(log.frame(of: 0, newest: silent) == nil)
        let again = log.record(sending(1, 1, frame: 99), previous: silent)
        #expect(log.frame(of: 1, newest: again) == 99)
        #expect(log.frame(of: 0, newest: again) == nil)
    }
}

extension SendingLog {
    fileprivate func frame(of octet: Int64, newest: UInt64) -> UInt64? {
        let entry = first(of: octet, newest: newest)
        return entry.exists ? entry.sending.frame : nil
    }
}
