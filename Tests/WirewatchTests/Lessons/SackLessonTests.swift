import Testing

@Suite struct SackLessonTests {
    @Test func mendsSeveralHolesInARoundTrip() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("sack", as: user)
        let dropped = outcome.verdicts(from: "A").filter { $0["verdict"] as? String == "dropped" }
        #expect(dropped.count == 3 && dropped.allSatisfy { $0["cause"] as? String == "rule" })
        let packets = outcome.packets(at: "A", port: 7040)
        let resends = packets.filter { $0.has("retransmission") }
        #expect(resends.count == 3)
        let lost = try dropped.map { verdict in
            let number = try #require(verdict["sentFrame"] as? Int)
            let frame = try #require(packets.first { $0.json["number"] as? Int == number })
            return frame.flow["relativeSequenceNumber"] as? Int
        }
        #expect(resends.map { $0.flow["relativeSequenceNumber"] as? Int } == lost)
        let first = try #require(resends.first)
        let last = try #require(resends.last)
        #expect(try last.nanoseconds() - first.nanoseconds() < 100_000_000)
    }
}
