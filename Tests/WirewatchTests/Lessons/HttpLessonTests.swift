import Testing

@Suite struct HttpLessonTests {
    @Test func namesRequestsAndAnswers() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    /// At both ends the capture names the same three exchanges.
    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("http", as: user)
        for host in ["A", "B"] {
            let said = outcome.packets(at: host, port: 7210).flatMap { $0.json["http"] as? [[String: Any]] ?? [] }
            let requests = said.filter { $0["kind"] as? String == "request" }
            #expect(requests.map { $0["method"] as? String } == ["POST", "POST", "GET"])
            #expect(requests.map { $0["target"] as? String } == ["/data", "/data", "/data"])
            #expect(requests.map { $0["contentLength"] as? Int } == [27, 36, nil])
            let responses = said.filter { $0["kind"] as? String == "response" }
            #expect(responses.map { $0["status"] as? Int } == [200, 400, 405])
            #expect(responses.map { $0["exchange"] as? Int } == [1, 2, 3])
            #expect(responses.first?["contentLength"] as? Int == 40)
            #expect(said.count { $0["kind"] as? String == "end" } == 6)
        }
        let received = outcome.calls("receive", by: "client", port: 7210)
        #expect(received.compactMap(\.content).contains { $0.contains("HTTP/1.1 200 OK") })
    }
}
