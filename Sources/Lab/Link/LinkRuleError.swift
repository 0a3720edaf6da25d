/// Why a rule text cannot be understood: the word that is wrong, and what was expected in its place.
public struct LinkRuleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line that the word stands in, whole.
    public let line: String
    /// Where the word starts in that line: the characters before it.
    public let column: Int
    /// The word; empty where the rule ends too soon.
    public let word: String
    /// What was expected, in words.
    public let expected: String

    /// What is wrong, then the line, and below it a mark at the word.
    public var description: String {
        let found = word.isEmpty ? "the rule ends too soon" : "'\(word)' is not understood"
        let mark = String(repeating: "^", count: max(1, word.count))
        return "\(found): expected \(expected)\n  \(line)\n  \(String(repeating: " ", count: column))\(mark)"
    }
}
