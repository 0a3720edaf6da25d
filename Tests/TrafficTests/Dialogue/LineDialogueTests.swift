import SocketEvents
import Testing

@Suite("A dialogue in lines") struct LineDialogueTests {
    private func dialogue(_ set: (inout LineDialogue.Rules) -> Void = { _ in }) -> LineDialogue {
        var rules = LineDialogue.Rules()
        set(&rules)
        return LineDialogue(rules, startingAt: 0)
    }

    private func octets(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

    private func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

    @Test("Without rules it listens")
    func listens() {
        var talk = dialogue()
        let outcome = talk.receive(octets("a\nb"), at: 5)
        #expect(outcome.lines.map { text($0.octets) } == ["a"])
        #expect(outcome.answer == [] && outcome.pings == [])
        #expect(talk.nextWake == nil)
        #expect(talk.advance(to: .max / 2) == .nothing)
        let end = talk.endOfPeersHalf(at: 6)
        #expect(end.lines == [StreamLine(number: 2, octets: Array("b".utf8), isTerminated: false)])
    }

    @Test("An echo gives back every octet, long lines and a last one without line feed too")
    func echoes() {
        var talk = dialogue {
            $0.echoes = true
            $0.lineLimit = 4
        }
        let said = "a\n\nlonger than four\r\nend"
        let first = talk.receive(octets(said), at: 1)
        let last = talk.endOfPeersHalf(at: 2)
        #expect(text(first.answer + last.answer) == said)
    }

    @Test("A ping is answered, among the echoes in its place, and is no line")
    func answersPings() {
        var talk = dialogue { $0.echoes = true }
        let outcome = talk.receive(octets("a\nPING 7\nb\n"), at: 1)
        #expect(text(outcome.answer) == "a\nPONG 7\nb\n")
        #expect(outcome.lines.map { text($0.octets) } == ["a", "b"])
        #expect(outcome.lines.map(\.number) == [1, 2])
        #expect(outcome.pings == [.wasAsked(7)])
    }

    @Test("Where pings are not answered they are lines, and so is an answer to none")
    func others() {
        var talk = dialogue { $0.answersPings = false }
        let outcome = talk.receive(octets("PING 7\nPONG 1\n"), at: 1)
        #expect(outcome.answer == [] && outcome.pings == [])
        #expect(outcome.lines.map { text($0.octets) } == ["PING 7", "PONG 1"])
        // Cut by the stream's end it is no ping.
        var cut = dialogue()
        _ = cut.receive(octets("PING 7"), at: 1)
        #expect(cut.endOfPeersHalf(at: 2).lines.count == 1)
    }

    @Test("A peer's answer tells the round trip")
    func roundTrip() {
        var talk = dialogue { $0.ping = PingRules(interval: 10, timeout: 10) }
        #expect(talk.nextWake == 10)
        #expect(talk.advance(to: 10) == .ask(1))
        #expect(talk.receive(octets("PONG 1\n"), at: 13).pings == [.answered(1, roundTrip: 3)])
        #expect(talk.advance(to: 20) == .ask(2))
        #expect(talk.advance(to: 30) == .judge)
        guard case .gone = talk.judge(at: 30, PingMachine.Acknowledgments(areComplete: true, sinceLast: 0)) else {
            Issue.record("it is not gone")
            return
        }
    }

    @Test("An answer that comes after our end, or a ping that cannot be answered any more, is no line")
    func late() {
        var talk = dialogue { $0.ping = PingRules(interval: 10, timeout: 10) }
        #expect(talk.advance(to: 10) == .ask(1))
        talk.endOfOurHalf(at: 11)
        let outcome = talk.receive(octets("PONG 1\nPING 3\nPONG 2\ntext\n"), at: 12)
        #expect(outcome.answer == [] && outcome.pings == [])
        // Nobody asked the second.
        #expect(outcome.lines.map { text($0.octets) } == ["PONG 2", "text"])
        #expect(outcome.lines.map(\.number) == [1, 2])
    }

    @Test("An octet now and then keeps nobody from being idle; a line does")
    func idle() {
        var talk = dialogue {
            $0.idleTimeout = 100
            $0.lineLimit = 8
        }
        for time in stride(from: Int64(10), to: 70, by: 10) { _ = talk.receive(octets("x"), at: time) }
        #expect(talk.advance(to: 99) == .nothing)
        #expect(talk.advance(to: 100) == .idle)
        _ = talk.receive(octets("\n"), at: 100)
        #expect(talk.nextWake == 200)
        // A part of a long line is as good.
        _ = talk.receive(octets("123456789"), at: 150)
        #expect(talk.nextWake == 250)
    }

    @Test("After our end the peer may be silent for the grace, from its last octet on, and is pinged no more")
    func grace() {
        var talk = dialogue {
            $0.grace = 50
            $0.ping = PingRules(interval: 10, timeout: 10)
        }
        talk.endOfOurHalf(at: 100)
        #expect(talk.nextWake == 150)
        #expect(talk.receive(octets("PING 1\n"), at: 120).answer == [])
        #expect(talk.advance(to: 150) == .nothing)
        #expect(talk.advance(to: 170) == .graceOver)
    }
}
