import Glibc
import Testing

@Suite struct KeepAliveLessonTests {
    @Test func tellsTheOneThatAskedAndNotTheOther() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("keep-alive", as: user)
        let probes = outcome.packets(at: "A", port: 7090).filter { $0.destinationPort == 7090 && $0.has("keepAlive") }
        let arrived = outcome.packets(at: "B", port: 7090).filter { $0.destinationPort == 7090 && $0.has("keepAlive") }
        #expect(!arrived.isEmpty)
        #expect(probes.count == arrived.count + 3)
        #expect(probes.allSatisfy { $0.payloadLength == 0 && !$0.has("retransmission") })
        #expect(outcome.packets(at: "A", port: 7090).filter { $0.has("keepAliveACK") }.count == arrived.count)
        #expect(outcome.calls("receive", by: "client").map(\.errno) == [ETIMEDOUT])
        #expect(outcome.calls("receive", by: "server").map(\.octets) == [100])
        let answers = outcome.events.named("kernel").filter { $0["role"] as? String == "server" }
        // ESTABLISHED.
        #expect((answers.last?["info"] as? [String: Any])?["state"] as? Int == 1)
    }
}
