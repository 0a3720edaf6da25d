import Testing

@Suite struct NoisyLinkLessonTests {
    @Test func labelsAreWhatTheLinkDid() throws { try check(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func showsTheSameWithoutRights() throws { try check(as: .nobody) }

    private func check(as user: DemoUser) throws {
        let outcome = try LessonOutcome("noisy-link", as: user, ["--score", "--seed", "5"])
        let score = try #require(outcome.events.all.last?["score"] as? [String: Any])
        let counts = try #require(score["kernelCounts"] as? [[String: Any]])
        #expect(counts.count == 8)
        #expect(counts.allSatisfy { $0["labelled"] as? Int == $0["counted"] as? Int })
        let cells = try #require(score["cells"] as? [[String: Any]])
        func frames(_ end: String, areRight: Bool) -> Int {
            cells.filter { cell in
                let label = cell["label"] as? String
                return cell["end"] as? String == end && label != "undetermined"
                    && (cell["truth"] as? String == label) == areRight
            }.reduce(0) { $0 + ($1["frameCount"] as? Int ?? 0) }
        }
        #expect(frames("sender", areRight: true) > 50 && frames("sender", areRight: false) == 0)
        // What one capture cannot tell is said to be undetermined; 99.5 % of the rest must be right.
        #expect(frames("receiver", areRight: true) > 50 && frames("receiver", areRight: false) <= 1)
    }

    @Test func theSameSeedDrawsTheSameFates() throws {
        let runs = try (0..<2).map { _ in try LessonOutcome("noisy-link", as: .caller, ["--seed", "11"]) }
        for host in ["A", "B"] {
            let verdicts = runs.map { outcome in
                Dictionary(
                    outcome.verdicts(from: host).compactMap { event -> (Int, String)? in
                        // Housekeeping is exempt from all, and comes when it likes.
                        guard let number = event["number"] as? Int, let verdict = event["verdict"] as? String,
                            event["kind"] as? String != "neighborDiscovery"
                        else { return nil }
                        return (number, "\(verdict) \((event["departures"] as? [String])?.count ?? 0)")
                    }, uniquingKeysWith: { first, _ in first })
            }
            let common = Set(verdicts[0].keys).intersection(verdicts[1].keys)
            #expect(common.count > 50)
            #expect(common.allSatisfy { verdicts[0][$0] == verdicts[1][$0] })
        }
    }
}
