import Testing

@Suite struct HalfCloseLessonTests {
    @Test func goesOnReceivingAfterItsFIN() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("half-close", as: user)
        let packets = outcome.packets(at: "A", port: 7080)
        let fin = try #require(packets.firstIndex { $0.destinationPort == 7080 && $0.flags.contains("fin") })
        let answers = packets[fin...].filter { $0.sourcePort == 7080 && $0.payloadLength > 0 }
        #expect(answers.map(\.payloadLength) == [1000, 1000, 1000])
        #expect(answers.allSatisfy { $0.flow["receiverState"] as? String == "FIN-WAIT-2" })
        #expect(answers.allSatisfy { $0.flow["senderState"] as? String == "CLOSE-WAIT" })
        #expect(outcome.calls("receive", by: "client", port: 7080).compactMap(\.octets).reduce(0, +) == 3000)
    }
}
