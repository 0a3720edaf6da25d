import Testing

@Suite struct PathMtuLessonTests {
    @Test func tellsTCPOfANarrowLinkAndCutsADatagram() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("path-mtu", as: user)
        let tooBig = outcome.verdicts(from: "A").filter { $0["cause"] as? String == "tooBig" }
        let answers = outcome.packets(at: "A").filter { $0.icmp == [3, 4] }
        #expect(!tooBig.isEmpty)
        #expect(answers.count == tooBig.count)

        let arrived = outcome.packets(at: "B", port: 7120)
        #expect(arrived.compactMap { $0.ipv4["totalLength"] as? Int }.allSatisfy { $0 <= 1000 })
        #expect(outcome.packets(at: "A", port: 7120).contains { $0.ipv4["totalLength"] as? Int == 1500 })
        // What was dropped is sent again because of the answers, in six pieces that fit.
        let causes = outcome.packets(at: "A", port: 7120).flatMap(\.labels)
            .filter { $0["label"] as? String == "retransmission" }.compactMap { $0["cause"] as? String }
        #expect(causes.prefix(6).allSatisfy { $0 == "pathMTU" })
        #expect(causes.count >= 6)
        #expect(outcome.calls("receive", by: "server").compactMap(\.octets).reduce(0, +) == 4000)

        #expect(outcome.packets(at: "A", port: 7121).map(\.payloadLength) == [1400])
        let fragments = outcome.packets(at: "B").filter { $0.json["isFragment"] as? Bool == true }
        // 1000 less the header's 20, in units of eight octets.
        #expect(fragments.compactMap { $0.ipv4["fragmentOffset"] as? Int } == [0, 976])
        #expect(outcome.calls("receive", by: "receiver").map(\.octets) == [1400])
    }
}
