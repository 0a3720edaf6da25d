import Testing

@Suite struct HandshakeLessonTests {
    @Test func opensAndEndsInOrder() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("handshake", as: user)
        let packets = outcome.packets(at: "A", port: 7000)
        #expect(packets.prefix(3).map { Set($0.flags) } == [["syn"], ["syn", "ack"], ["ack"]])
        let roundTrip = try packets[1].nanoseconds() - packets[0].nanoseconds()
        #expect(roundTrip >= 40_000_000)
        let data = try #require(packets.first { $0.payloadLength == 100 })
        #expect(data.flow["relativeSequenceNumber"] as? Int == 1)
        #expect(packets.compactMap { $0.flow["relativeAcknowledgmentNumber"] as? Int }.max() == 102)
        let fins = packets.filter { $0.flags.contains("fin") }
        #expect(fins.count == 2 && fins.first?.destinationPort == 7000)
        #expect(packets.last { $0.destinationPort == 7000 }?.flow["senderState"] as? String == "TIME-WAIT")
        // B's capture shows the same segments.
        #expect(outcome.packets(at: "B", port: 7000).count == packets.count)
    }
}
