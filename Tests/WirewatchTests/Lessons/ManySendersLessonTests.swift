import Testing

@Suite struct ManySendersLessonTests {
    @Test func tellsSendersApartByTheirPorts() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("many-senders", as: user)
        let sends = outcome.calls("send", by: "sender")
        let receives = outcome.calls("receive", by: "receiver")
        #expect(sends.count == 9)
        #expect(receives.count == 9)
        #expect(Set(sends.map(\.localPort)).count == 3)
        for (port, ours) in Dictionary(grouping: sends, by: \.localPort) {
            #expect(receives.filter { $0.peerPort == port }.map(\.content) == ours.map(\.content))
        }
        let frames = outcome.packets(at: "B", port: 7050)
        #expect(frames.count == 9)
        #expect(frames.allSatisfy { $0.isUDP && $0.destinationPort == 7050 })
        // As they came over the wire, so the program got them.
        #expect(frames.map(\.sourcePort) == receives.map(\.peerPort))
    }
}
