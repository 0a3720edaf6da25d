import Testing

@Suite struct NagleLessonTests {
    @Test func waitsForDelayedACKsUnlessToldNotTo() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("nagle", as: user)
        func waits(_ port: Int) throws -> [Int64] {
            let sends = outcome.calls("send", by: "client", port: port)
            let receives = outcome.calls("receive", by: "client", port: port).filter { $0.octets != 0 }
            try #require(sends.count == 16 && receives.count == 8)
            return try receives.enumerated().map { try Events.time($1.json) - Events.time(sends[2 * $0].json) }
        }
        let delayed = try waits(7070).filter { $0 > 35_000_000 }
        let prompt = try waits(7071).filter { $0 > 35_000_000 }
        #expect(delayed.count >= 5)
        #expect(prompt.count < delayed.count)
    }
}
