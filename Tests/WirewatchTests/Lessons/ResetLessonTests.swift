import Glibc
import Testing

@Suite struct ResetLessonTests {
    @Test func endsThreeConnectionsInThreeWays() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("reset", as: user)
        func flags(_ port: Int) -> (fins: [Int?], resets: [Int?]) {
            let packets = outcome.packets(at: "A", port: port)
            return (
                packets.filter { $0.flags.contains("fin") }.map(\.destinationPort),
                packets.filter { $0.flags.contains("rst") }.map(\.destinationPort)
            )
        }
        let orderly = flags(7010)
        #expect(orderly.fins.count == 2 && orderly.fins.contains(7010))
        #expect(orderly.resets.isEmpty)
        #expect(outcome.calls("receive", by: "server", port: 7010).compactMap(\.octets) == [500, 0])

        let lingering = flags(7011)
        #expect(lingering.fins.isEmpty)
        #expect(lingering.resets.first == 7011)
        let receives = outcome.calls("receive", by: "server", port: 7011)
        #expect(receives.first?.octets == 500)
        #expect(receives.compactMap(\.errno) == [ECONNRESET])

        let unread = flags(7012)
        #expect(unread.fins.isEmpty)
        #expect(!unread.resets.isEmpty && !unread.resets.contains(7012))
        #expect(outcome.calls("receive", by: "server", port: 7012).isEmpty)
        #expect(outcome.calls("receive", by: "client", port: 7012).compactMap(\.errno) == [ECONNRESET])
        // The octets had been acknowledged all the same.
        let acknowledged = outcome.packets(at: "B", port: 7012).filter { $0.sourcePort == 7012 }
            .compactMap { $0.flow["relativeAcknowledgmentNumber"] as? Int }
        #expect(acknowledged.max() == 501)
    }
}
