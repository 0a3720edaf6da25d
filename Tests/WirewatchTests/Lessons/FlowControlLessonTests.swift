import Testing

@Suite struct FlowControlLessonTests {
    @Test func closesProbesAndOpensTheWindow() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("flow-control", as: user)
        let packets = outcome.packets(at: "A", port: 7060)
        let closed = try #require(packets.firstIndex { $0.has("zeroWindow") })
        let probes = packets.filter { $0.has("zeroWindowProbe") }
        #expect(!probes.isEmpty && probes.allSatisfy { !$0.has("retransmission") })
        let opened = try #require(
            packets[closed...].first { $0.sourcePort == 7060 && $0.flow["scaledWindow"] as? Int ?? 0 > 0 })
        #expect(try opened.nanoseconds() - packets[closed].nanoseconds() > 1_000_000_000)
        #expect(outcome.verdicts(from: "A").allSatisfy { $0["verdict"] as? String == "delivered" })
        #expect(outcome.calls("receive", by: "server", port: 7060).compactMap(\.octets).reduce(0, +) == 20_000)
    }
}
