import Testing

@Suite struct DuplicatesLessonTests {
    @Test func hidesDuplicatesFromTheProgramInTCPAlone() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("duplicates", as: user)
        let doubled = outcome.verdicts(from: "A").filter { ($0["departures"] as? [Any])?.count == 2 }
        let sent = outcome.packets(at: "A", port: 7030).filter { $0.destinationPort == 7030 }
        let arrived = outcome.packets(at: "B", port: 7030).filter { $0.destinationPort == 7030 }
        #expect(doubled.filter { $0["kind"] as? String == "dataSegment" }.count == 3)
        #expect(arrived.filter { $0.payloadLength > 0 && $0.has("networkDuplicate") }.count == 3)
        #expect(sent.filter { $0.payloadLength > 0 }.map(\.payloadLength) == [1000, 1000, 1000])
        #expect(arrived.filter { $0.payloadLength > 0 }.count == 6)
        #expect(!sent.contains { $0.has("retransmission") })
        let received = outcome.calls("receive", by: "server").compactMap(\.octets)
        #expect(received.reduce(0, +) == 3000)
        let answer = try #require(outcome.events.named("kernel").last?["info"] as? [String: Any])
        #expect(answer["totalRetransmissions"] as? Int == 0)
        #expect(outcome.packets(at: "A", port: 7030).contains { $0.has("dSACK") })

        let contents = outcome.calls("receive", by: "receiver").compactMap(\.content)
        #expect(contents.sorted() == (1...3).flatMap { ["datagram \($0)", "datagram \($0)"] })
        #expect(outcome.packets(at: "A", port: 7031).count == 3)
        #expect(outcome.packets(at: "B", port: 7031).count == 6)
    }
}
