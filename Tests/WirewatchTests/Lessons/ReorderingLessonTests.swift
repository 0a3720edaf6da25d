import Testing

@Suite struct ReorderingLessonTests {
    @Test func sendsAgainOnlyAfterThreeDuplicateACKs() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("reordering", as: user)
        #expect(!outcome.events.named("link").contains { $0["verdict"] as? String == "dropped" })
        #expect(outcome.verdicts(from: "A").filter { $0["verdict"] as? String == "overtaken" }.count == 2)

        let slight = outcome.packets(at: "A", port: 7040)
        #expect(slight.filter { $0.has("duplicateACK") }.count == 2)
        #expect(!slight.contains { $0.has("retransmission") })
        let late = outcome.packets(at: "B", port: 7040)
        #expect(late.filter { $0.has("outOfOrder") }.count == 1)
        #expect(!late.contains { $0.has("retransmission") || $0.has("retransmissionOriginalUnseen") })

        let heavy = outcome.packets(at: "A", port: 7041)
        #expect(heavy.filter { $0.has("duplicateACK") }.count == 5)
        #expect(heavy.filter { $0.has("retransmission") }.count == 1)
        #expect(heavy.contains { $0.has("dSACK") })
        let ends = outcome.events.named("kernel").filter { $0["occasion"] as? String == "end" }
        let counts = ends.compactMap { ($0["info"] as? [String: Any])?["totalRetransmissions"] as? Int }
        #expect(counts == [0, 1])
        #expect(outcome.calls("receive", by: "server").compactMap(\.octets).reduce(0, +) == 13_000)
    }
}
