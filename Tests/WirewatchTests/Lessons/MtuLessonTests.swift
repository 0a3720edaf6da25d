import Glibc
import Testing

@Suite struct MtuLessonTests {
    @Test func cutsAStreamIntoSegmentsAndADatagramIntoFragments() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("mtu", as: user)
        let segments = outcome.packets(at: "A", port: 7110)
            .filter { $0.destinationPort == 7110 && $0.payloadLength > 0 }
        #expect(segments.map(\.payloadLength).reduce(0, +) == 4000)
        #expect(segments.allSatisfy { $0.payloadLength <= 1448 && $0.json["isFragment"] as? Bool == false })
        #expect(outcome.calls("receive", by: "server").compactMap(\.octets).reduce(0, +) == 4000)

        for host in ["A", "B"] {
            let fragments = outcome.packets(at: host).filter { $0.json["isFragment"] as? Bool == true }
            // 1480 octets a fragment: a packet of 1500 with its header.
            #expect(fragments.compactMap { $0.ipv4["fragmentOffset"] as? Int } == [0, 1480, 2960])
            #expect(fragments.compactMap { $0.ipv4["moreFragments"] as? Bool } == [true, true, false])
            #expect(Set(fragments.compactMap { $0.ipv4["identification"] as? Int }).count == 1)
        }
        #expect(outcome.calls("receive", by: "receiver").map(\.octets) == [4000])

        #expect(outcome.calls("send", by: "sender").map(\.errno) == [nil, EMSGSIZE])
        #expect(outcome.packets(at: "A", port: 7112).isEmpty)
    }
}
