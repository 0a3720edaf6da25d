import Testing

@Suite struct LostSegmentLessonTests {
    @Test func isFoundFastOrLate() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("lost-segment", as: user)
        let dropped = outcome.verdicts(from: "A").filter { $0["verdict"] as? String == "dropped" }
        #expect(dropped.count == 2 && dropped.allSatisfy { $0["cause"] as? String == "rule" })
        let packets = outcome.packets(at: "A", port: 7030)
        let resends = packets.filter { $0.has("retransmission") }
        #expect(resends.count == 2)
        let causes = resends.map { frame in
            frame.labels.first { $0["label"] as? String == "retransmission" }?["cause"] as? String
        }
        #expect(causes.first == "fast" && causes.last != "fast")
        // At B's end both are resends whose originals were never seen.
        let seen = outcome.packets(at: "B", port: 7030).filter { $0.has("retransmissionOriginalUnseen") }
        #expect(seen.count == 1)
        #expect(outcome.calls("receive", by: "server", port: 7030).compactMap(\.octets).reduce(0, +) == 8 * 1448 + 500)
    }
}
