import Testing

/// Lessons whose links do what their rules say, and draw nothing: run twice, they are told in the same labels.
@Suite struct ExactLessonTests {
    /// The labels of one direction of one flow at one host, in order.
    private typealias Sequences = [String: [String]]

    /// What each label says, by content and not by time: its kind, its cause, and the octets that it is about. Those of
    /// `ignored` kinds are left away, and so is where it is where `hasPlaces` is false.
    private func labels(
        of lesson: String, ignoring ignored: Set<String> = [], hasPlaces: Bool = true
    ) throws -> Sequences {
        let outcome = try LessonOutcome(lesson, as: .caller, ["--seed", "7"])
        var sequences: Sequences = [:]
        for event in outcome.events.named("packet") {
            let frame = LessonOutcome.Frame(json: event)
            let direction = "\(frame.host ?? "-"), flow \(frame.flow["flow"] ?? 0), \(frame.flow["direction"] ?? "")"
            for label in frame.labels {
                guard let kind = label["label"] as? String, !ignored.contains(kind) else { continue }
                let cause = label["cause"] as? String ?? "-"
                guard hasPlaces else {
                    sequences[direction, default: []].append("\(kind) \(cause)")
                    continue
                }
                let octets = ["firstRepeated", "repeatedEnd"].map { label[$0].map { "\($0)" } ?? "-" }
                let place = frame.flow["relativeSequenceNumber"].map { "\($0)" } ?? "-"
                sequences[direction, default: []].append(
                    "\(place): \(kind) \(cause) \(octets.joined(separator: ":"))")
            }
        }
        return sequences
    }

    @Test(arguments: [
        "lost-segment", "sack", "syn-lost", "reordering", "duplicates", "tcp-and-udp", "keep-alive",
    ])
    func theSameSequenceOfLabels(lesson: String) throws {
        let runs = try (0..<2).map { _ in try labels(of: lesson) }
        #expect(runs[0].values.joined().count > 1)
        #expect(runs[0] == runs[1])
    }

    /// How much is in flight when the segment is lost, where a send ends a segment early, and how fast the server reads, is the
    /// machine's: so many ACKs repeat the number before the hole, the 60th segment begins where it does, and windows open as they do.
    /// That one was lost, and how it came again, is the rule's.
    @Test func theSameResendsInSlowStart() throws {
        let runs = try (0..<2).map { _ in
            try labels(
                of: "slow-start", ignoring: ["duplicateACK", "windowUpdate", "windowFull"], hasPlaces: false)
        }
        #expect(runs[0].values.joined().count >= 2)
        #expect(runs[0] == runs[1])
    }
}
