/// A closing line that is a claim: computed from the record, and said otherwise where the record says otherwise.
enum ClaimLine {
    /// `claim` where it holds; else that it does not, and what was seen instead.
    static func line(_ claim: String, if holds: Bool, elseSeen seen: @autoclosure () -> String) -> String {
        holds ? claim : "Not as expected in this run: \(seen())."
    }

    /// `1 frame`, `3 frames`.
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
