import PacketDecode
import SocketEvents
import Testing

@Suite("A run of made datagrams, by an invented clock")
struct SendingRunTests {
    private static let origin = Timestamp(seconds: 1_764_000_000, nanoseconds: 0)

    private func run(_ pace: SendPace, interval: Int64? = nil, size: Int = 20) -> SendingRun {
        SendingRun(
            SendingRun.Plan(
                content: .octets([UInt8](repeating: 7, count: size)), width: .bits32, pace: pace, interval: interval),
            manner: .blocking, local: .unspecified, peer: nil)
    }

    private func number(_ run: SendingRun, _ slot: Int) -> UInt64? {
        DatagramNumber(decoding: Array(run.burst[slot]).span, width: .bits32)?.number
    }

    @Test("What the kernel did not take keeps its number")
    func partial() {
        var run = run(SendPace(rate: nil, count: 100))
        #expect(run.next(monotonic: 0, now: Self.origin) == .send(64))
        #expect(number(run, 0) == 1 && number(run, 63) == 64)
        run.didSend(10, at: Self.origin)
        #expect(run.next(monotonic: 0, now: Self.origin) == .send(64))
        #expect(number(run, 0) == 11)
        run.didSend(64, at: Self.origin)
        #expect(run.next(monotonic: 0, now: Self.origin) == .send(26))
        run.didSend(26, at: Self.origin)
        #expect(run.next(monotonic: 0, now: Self.origin) == .end)
        #expect(run.lastNumber == 100 && run.total?.octets == 2000)
        // The content goes on behind the number.
        #expect(run.burst[0].suffix(8) == [7, 7, 7, 7, 7, 7, 7, 7])
    }

    @Test("An interval's report does not wait for the next datagram, and intervals add up to the total")
    func intervals() {
        var run = run(SendPace(rate: 0.4, count: 3), interval: 1_000_000_000)
        var now: Int64 = 0
        var reports: [TrafficReport] = []
        var isOver = false
        while !isOver {
            let time = Self.origin.advanced(by: now)
            switch run.next(monotonic: now, now: time) {
            case .send(let count): run.didSend(count, at: time)
            case .wait(let until):
                #expect(until > now)
                now = until
            case .end: isOver = true
            }
            reports += run.takeReports()
        }
        let sent = reports.map { report -> UInt64 in
            guard case .datagrams(let figures) = report.figures else { return 0 }
            return figures.counts.datagrams
        }
        // At 0 s, 2.5 s and 5 s; the last one's second is not over.
        #expect(sent == [1, 0, 1, 0, 0])
        #expect(run.total?.start == Self.origin && run.total?.end == Self.origin.advanced(by: 5_000_000_000))
    }

    @Test("Large datagrams leave in smaller bursts")
    func large() {
        var run = run(SendPace(rate: nil, count: 100), size: 65507)
        guard case .send(let count) = run.next(monotonic: 0, now: Self.origin) else {
            Issue.record("nothing to send")
            return
        }
        #expect(count == run.burst.slots && count == 16)
    }

    @Test("Texts bear their number, one with each call, and keep the pace")
    func texts() {
        let plan = SendingRun.Plan(content: .numberedText, pace: SendPace(rate: 100_000, count: 11))
        var run = SendingRun(plan, manner: .async, local: .unspecified, peer: nil)
        var now: Int64 = 0
        for number in 1...11 {
            #expect(run.next(monotonic: now, now: Self.origin) == .send(1))
            #expect(Array(run.burst[0]) == Array("message \(number)".utf8))
            run.didSend(1, at: Self.origin)
            guard number < 11 else { break }
            #expect(run.next(monotonic: now, now: Self.origin) == .wait(until: Int64(number) * 10_000))
            now += 10_000
        }
        #expect(run.next(monotonic: now, now: Self.origin) == .end)
        #expect(run.pace.burst == 1 && run.total?.octets == 9 * 9 + 2 * 10)
    }

    @Test("A burst is no more than one call takes")
    func largeDatagrams() {
        let run = run(SendPace(rate: 100, burst: 64), size: 60_000)
        #expect(run.pace.burst == 17 && run.burst.slots == 17)
    }
}
