import SocketEvents
import TestSupport
import Testing

@Suite("The pace of a sender, by an invented clock")
struct SendPaceTests {
    /// Runs a pace to its end on a clock that oversleeps by what `lateness` says, and counts what leaves in each second.
    private func counts(
        _ pace: inout SendPace, from start: Int64 = 5_000_000_000, lateness: (Int) -> Int64 = { _ in 0 }
    ) -> [Int] {
        var now = start
        var counts: [Int] = []
        var waits = 0
        while true {
            switch pace.next(at: now) {
            case .end: return counts
            case .wait(let until):
                #expect(until > now)
                now = until + lateness(waits)
                waits += 1
            case .send(let count):
                #expect(count > 0 && count <= pace.burst)
                let second = Int((now - start) / 1_000_000_000)
                while counts.count <= second { counts.append(0) }
                counts[second] += count
                pace.didSend(count)
            }
        }
    }

    @Test(
        "Each second's count is the rate",
        arguments: [1, 2, 7, 100, 999, 1000, 8001, 12345, 33333, 100_000, 1_000_000])
    func exact(rate: Double) {
        var pace = SendPace(rate: rate, duration: 3_000_000_000)
        let counts = counts(&pace)
        #expect(counts.count == 3)
        #expect(counts.reduce(0, +) == Int(rate) * 3)
        for count in counts { #expect(abs(Double(count) - rate) <= max(1, rate / 1000), "\(rate): \(counts)") }
        #expect(pace.largestBurst <= pace.burst)
    }

    @Test("Wake-ups that come late change no second's count by more than a thousandth", arguments: [1000.0, 100_000])
    func late(rate: Double) {
        var generator = SeededGenerator(seed: 11)
        // Up to 0.7 ms late, and each hundredth time 5 ms.
        let lateness = (0..<100_000).map { index in
            Int64.random(in: 0...(index % 100 == 50 ? 5_000_000 : 700_000), using: &generator)
        }
        var pace = SendPace(rate: rate, duration: 10_000_000_000)
        let counts = counts(&pace) { lateness[$0 % lateness.count] }
        #expect(counts.reduce(0, +) == Int(rate) * 10)
        // A second's end is where a wake-up may be late; nothing adds up over ten of them.
        let first = counts.prefix(10).reduce(0, +)
        #expect(Double(first) >= rate * 10 - rate * 0.0051)
        for count in counts.prefix(9) { #expect(abs(Double(count) - rate) <= rate * 0.0051, "\(counts)") }
    }

    @Test("After a stall the missed bursts follow at once, and the largest run is told")
    func stall() {
        var pace = SendPace(rate: 1000, burst: 1, count: 1000)
        let counts = counts(&pace) { $0 == 100 ? 50_000_000 : 0 }
        #expect(counts == [1000])
        #expect(pace.largestBurst == 51)
    }

    @Test("A burst waits until its last datagram is due")
    func burst() {
        var pace = SendPace(rate: 1000, burst: 10, count: 25)
        #expect(pace.next(at: 0) == .wait(until: 9_000_000))
        #expect(pace.next(at: 8_999_999) == .wait(until: 9_000_000))
        #expect(pace.next(at: 9_000_000) == .send(10))
        pace.didSend(4)
        // The kernel took four: the other six are due still.
        #expect(pace.next(at: 9_000_001) == .wait(until: 13_000_000))
        pace.didSend(16)
        #expect(pace.next(at: 20_000_000) == .wait(until: 24_000_000))
        #expect(pace.next(at: 24_000_000) == .send(5))
        pace.didSend(5)
        #expect(pace.next(at: 24_000_001) == .end)
    }

    @Test("Without a rate the count or the time ends it")
    func unpaced() {
        var counted = SendPace(rate: nil, count: 100)
        #expect(counted.next(at: 0) == .send(64))
        counted.didSend(64)
        #expect(counted.next(at: 0) == .send(36))
        counted.didSend(36)
        #expect(counted.next(at: 0) == .end)
        var timed = SendPace(rate: nil, duration: 1000)
        #expect(timed.next(at: 7) == .send(64))
        #expect(timed.next(at: 1006) == .send(64))
        #expect(timed.next(at: 1007) == .end)
    }

    @Test("A part of a datagram a second is a rate too")
    func slow() {
        var pace = SendPace(rate: 0.25, count: 3)
        #expect(pace.next(at: 10) == .send(1))
        pace.didSend(1)
        #expect(pace.next(at: 10) == .wait(until: 4_000_000_010))
    }
}
