import Testing

@Suite struct StreamLessonTests {
    @Test func keepsOctetsAndNoBoundaries() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("stream", as: user)
        let small = outcome.calls("receive", by: "server", port: 7020).compactMap(\.octets).filter { $0 > 0 }
        #expect(outcome.calls("send", by: "client", port: 7020).count == 5)
        #expect(small == [30])
        let large = outcome.calls("receive", by: "server", port: 7021).compactMap(\.octets).filter { $0 > 0 }
        #expect(outcome.calls("send", by: "client", port: 7021).compactMap(\.octets) == [20_000])
        #expect(large.count > 1 && large.reduce(0, +) == 20_000)
    }
}
