internal import Timeline

/// Reads the rule text: a word at a time, with no look back.
struct LinkRuleParser {
    private struct Word {
        let text: String
        let column: Int
    }

    private let line: String
    private var words: ArraySlice<Word>

    static func parse(_ text: String) throws(LinkRuleError) -> [LinkRule] {
        var rules: [LinkRule] = []
        for line in text.split(whereSeparator: \.isNewline) {
            var column = 0
            for part in line.split(separator: ";", omittingEmptySubsequences: false) {
                var parser = LinkRuleParser(String(line), part, from: column)
                column += part.count + 1
                if !parser.words.isEmpty { rules.append(try parser.rule()) }
            }
        }
        return rules
    }

    private init(_ line: String, _ part: Substring, from column: Int) {
        self.line = line
        var words: [Word] = []
        var place = column
        for piece in part.split(separator: " ", omittingEmptySubsequences: false) {
            if !piece.isEmpty { words.append(Word(text: String(piece), column: place)) }
            place += piece.count + 1
        }
        self.words = words[...]
    }

    private mutating func rule() throws(LinkRuleError) -> LinkRule {
        let action = try action()
        let kind = try next("SYN, FIN, RST, ACK, data, datagram, ICMP or all") { word in
            LinkRule.Kind(rawValue: word.lowercased())
        }
        var rule = LinkRule(action: action, kind: kind)
        while let word = words.first {
            switch word.text.lowercased() {
            case "from":
                words.removeFirst()
                rule.source = try next("A or B") { HostName(rawValue: $0.uppercased()) }
            case "after":
                words.removeFirst()
                rule.after = try time()
            case "for":
                words.removeFirst()
                rule.duration = try time()
            case "times":
                words.removeFirst()
                rule.times = try number()
            case "first":
                words.removeFirst()
                rule.which = .first(try number())
            case "every":
                words.removeFirst()
                rule.which = .every(try number())
            default:
                let expected = "numbers such as 3 or 3,5-7, or first, every, times, from, after or for"
                rule.which = .numbered(try next(expected, Self.ranges))
            }
        }
        return rule
    }

    private mutating func action() throws(LinkRuleError) -> LinkRule.Action {
        let name = try next("drop, duplicate, corrupt or hold") { word -> String? in
            ["drop", "duplicate", "corrupt", "hold"].first { $0 == word.lowercased() }
        }
        switch name {
        case "drop": return .drop
        case "duplicate": return .duplicate
        case "corrupt": return .corrupt
        default: return .hold(try time())
        }
    }

    private mutating func number() throws(LinkRuleError) -> Int {
        try next("a number above 0") { word in Int(word).flatMap { $0 > 0 ? $0 : nil } }
    }

    private mutating func time() throws(LinkRuleError) -> Int64 {
        try next("a time such as 200ms or 1.5s") { word in
            let units: [(suffix: String, nanoseconds: Double)] = [("us", 1e3), ("ms", 1e6), ("s", 1e9)]
            guard let unit = units.first(where: { word.hasSuffix($0.suffix) }),
                let value = Double(word.dropLast(unit.suffix.count)), value >= 0, value * unit.nanoseconds < 1e15
            else { return nil }
            return Int64((value * unit.nanoseconds).rounded())
        }
    }

    /// `3`, `3-5`, `1,4-6`.
    private static func ranges(_ word: String) -> [ClosedRange<Int>]? {
        var ranges: [ClosedRange<Int>] = []
        for part in word.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first > 0, first <= last
            else { return nil }
            ranges.append(first...last)
        }
        return ranges
    }

    private mutating func next<Value>(
        _ expected: String, _ read: (String) -> Value?
    ) throws(LinkRuleError) -> Value {
        guard let word = words.popFirst() else {
            throw LinkRuleError(line: line, column: line.count, word: "", expected: expected)
        }
        guard let value = read(word.text) else {
            throw LinkRuleError(line: line, column: word.column, word: word.text, expected: expected)
        }
        return value
    }
}
