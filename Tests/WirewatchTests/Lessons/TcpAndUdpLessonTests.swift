import Testing

@Suite struct TcpAndUdpLessonTests {
    @Test func treatsBothAlikeAndTellsThemApart() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("tcp-and-udp", as: user)
        let sent = (1...8).map { number in
            String(String(repeating: "message \(number). ", count: 10).prefix(64))
        }
        #expect(outcome.calls("send", by: "sender").map(\.content) == sent)
        #expect(outcome.calls("send", by: "client").map(\.content) == sent)
        // The same pattern: of the frames with octets the third and the sixth.
        #expect(dropped(outcome, 7070) == [3, 6])
        #expect(dropped(outcome, 7071) == [3, 6])

        let received = outcome.calls("receive", by: "receiver").map(\.content)
        #expect(received == [1, 2, 4, 5, 7, 8].map { sent[$0 - 1] })
        #expect(outcome.packets(at: "A", port: 7070).count == 8)

        #expect(outcome.calls("receive", by: "server").compactMap(\.octets).reduce(0, +) == 8000)
        let resends = outcome.packets(at: "A", port: 7071).filter { $0.has("retransmission") }
        let answer = try #require(outcome.events.named("kernel").last?["info"] as? [String: Any])
        #expect(resends.count >= 2)
        #expect(answer["totalRetransmissions"] as? Int == resends.count)
    }

    /// The places of the frames that the link dropped among those with octets from A to a port.
    private func dropped(_ outcome: LessonOutcome, _ port: Int) -> [Int] {
        let frames = outcome.packets(at: "A", port: port)
            .filter { $0.destinationPort == port && $0.payloadLength > 0 }
        let lost = outcome.verdicts(from: "A").filter { $0["verdict"] as? String == "dropped" }
            .compactMap { $0["sentFrame"] as? Int }
        return frames.enumerated().filter { lost.contains($0.element.json["number"] as? Int ?? 0) }
            .map { $0.offset + 1 }
    }
}
