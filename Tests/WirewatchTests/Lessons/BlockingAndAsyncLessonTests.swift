import Testing

@Suite struct BlockingAndAsyncLessonTests {
    @Test func holdsUpQuickClientsOnOneThreadAlone() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("blocking-and-async", as: user)
        let oneThread = try longestWait(outcome, port: 7100)
        #expect(oneThread > 250_000_000)
        #expect(try longestWait(outcome, port: 7101) < oneThread / 2)
        #expect(try longestWait(outcome, port: 7102) < oneThread / 2)
        for (port, manner) in [(7100, "blocking"), (7101, "blocking"), (7102, "async")] {
            let receives = outcome.calls("receive", by: "server", port: port)
            #expect(receives.allSatisfy { $0.json["manner"] as? String == manner })
            #expect(receives.compactMap(\.octets).reduce(0, +) == 400)
            #expect(receives.filter { $0.octets == 0 }.count == 3)
            let sent = outcome.packets(at: "A", port: port).filter { $0.destinationPort == port }
            #expect(sent.filter { $0.flags.contains("syn") }.count == 3)
            #expect(sent.filter { $0.payloadLength > 0 }.count == 4)
        }
    }

    /// From a send to the server's receive, the longest among clients that send once.
    private func longestWait(_ outcome: LessonOutcome, port: Int) throws -> Int64 {
        let sends = Dictionary(grouping: outcome.calls("send", by: "client", port: port), by: \.localPort)
        let receives = outcome.calls("receive", by: "server", port: port)
        let quick = sends.values.filter { $0.count == 1 }.compactMap(\.first)
        #expect(quick.count == 2)
        let waits = try quick.map { send in
            let receive = try #require(receives.first { $0.peerPort == send.localPort && $0.octets ?? 0 > 0 })
            return try Events.time(receive.json) - Events.time(send.json)
        }
        return try #require(waits.max())
    }
}
