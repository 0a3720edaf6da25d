import Glibc
import Testing

@Suite struct RefusedLessonTests {
    @Test func tellsOfRefusalByResetAndByICMP() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("refused", as: user)
        let segments = outcome.packets(at: "A", port: 7020)
        #expect(segments.first?.flags == ["syn"])
        #expect(segments.filter { $0.flags != ["syn"] }.map(\.flags) == [["rst", "ack"]])
        #expect(outcome.calls("connect", by: "client").compactMap(\.errno) == [ECONNREFUSED])

        let sends = outcome.calls("send", by: "sender")
        #expect(sends.map(\.octets) == [100, 200, nil])
        #expect(sends.compactMap(\.errno) == [ECONNREFUSED])
        #expect(outcome.calls("receive", by: "sender").compactMap(\.errno) == [ECONNREFUSED])
        #expect(outcome.packets(at: "A", port: 7021).map(\.payloadLength) == [100, 200])
        #expect(outcome.packets(at: "A").compactMap(\.icmp) == [[3, 3], [3, 3]])
    }
}
