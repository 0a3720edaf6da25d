import Testing

@Suite struct SlowStartLessonTests {
    @Test func doublesIsHalvedAndCreeps() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("slow-start", as: user)
        let dropped = outcome.verdicts(from: "A").filter { $0["verdict"] as? String == "dropped" }
        #expect(dropped.count == 1 && dropped.allSatisfy { $0["cause"] as? String == "rule" })
        let packets = outcome.packets(at: "A", port: 7050)
        let resends = packets.filter { $0.has("retransmission") }
        #expect(resends.count == 1)
        let windows = outcome.events.named("kernel").filter { $0["role"] as? String == "client" }
            .compactMap { ($0["info"] as? [String: Any])?["congestionWindow"] as? Int }
        let peak = try #require(windows.max())
        #expect(windows.first == 10 && peak >= 40)
        let thresholds = outcome.events.named("kernel").filter { $0["role"] as? String == "client" }
            .compactMap { ($0["info"] as? [String: Any])?["slowStartThreshold"] as? Int }.filter { $0 < 0x7FFF_FFFF }
        #expect(thresholds.first.map { $0 < peak } == true)
    }
}
