import Testing

@Suite struct SynLostLessonTests {
    @Test func sendsALostSYNAgainAndTellsNoProgram() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("syn-lost", as: user)
        let sent = outcome.packets(at: "A", port: 7080).filter { $0.flags == ["syn"] }
        let arrived = outcome.packets(at: "B", port: 7080).filter { $0.flags == ["syn"] }
        #expect(sent.map { $0.has("retransmission") } == [false, true, true])
        #expect(arrived.map { $0.has("retransmission") } == [false])
        #expect(outcome.verdicts(from: "A").filter { $0["verdict"] as? String == "dropped" }.count == 2)
        let times = try sent.map { try $0.nanoseconds() }
        let waits = zip(times, times.dropFirst()).map { $1 - $0 }
        // RFC 6298 §2: a second where no round trip has been measured. How the next wait compares is the kernel's.
        #expect(waits.allSatisfy { $0 > 900_000_000 })
        #expect(outcome.calls("connect", by: "client").map(\.errno) == [nil])
        #expect(outcome.calls("accept", by: "server").map(\.errno) == [nil])
        let answer = try #require(outcome.events.named("kernel").last?["info"] as? [String: Any])
        #expect(answer["totalRetransmissions"] as? Int == 2)
    }
}
