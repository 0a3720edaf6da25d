import Testing

/// The list's own rules: a pattern that matched too much would hide bugs.
@Suite struct DisagreementTests {
    @Test(arguments: [
        ("*", "anything", true), ("ip.*", "ip.src", true), ("ip.*", "tcp.src", false), ("ip", "ip.src", false),
        ("*:ip:*", "eth:ip:tcp", true), ("*:ip:*", "eth:ip", false), ("a|b*", "a", true), ("a|b*", "bc", true),
        ("a|b*", "ab", false), ("*.opts", "ip.opts", true), ("*a*b", "xaxbxb", true), ("-", "-", true),
        ("no", "now", false), ("", "x", false),
    ])
    func patterns(pattern: String, text: String, expected: Bool) {
        #expect(Disagreement.matches(pattern, text) == expected)
    }

    @Test func everyRuleHasItsFiveColumns() throws {
        let rules = try Disagreement.list()
        #expect(!rules.isEmpty)
        // None covers every field of every frame.
        for rule in rules where rule.file == "*" && rule.field == "*" {
            Issue.record("disagreements.tsv:\(rule.line): covers everything")
        }
        for rule in rules where rule.file == "*" && rule.conditions.isEmpty {
            Issue.record("disagreements.tsv:\(rule.line): a rule for all files needs a condition")
        }
    }

    private func difference(_ field: String, ours: String?, theirs: String?, _ ambiguities: Set<String>) -> Difference {
        let frame = OracleFrame([
            "n": 7, "protos": "eth:ethertype:ip:tcp", "amb": Array(ambiguities), "lt": 1,
        ])
        return Difference(file: "folder/name.pcap", frame: frame, field: field, ours: ours, theirs: theirs)
    }

    private func rule(_ file: String, _ frame: String, _ field: String, _ conditions: [(String, String)])
        -> Disagreement
    {
        Disagreement(
            line: 1, file: file, frame: frame, field: field,
            conditions: conditions.map { (name: $0.0, pattern: $0.1) })
    }

    @Test func everyConditionMustHold() {
        let difference = difference("tcp.plen", ours: nil, theirs: "5", ["snap"])
        #expect(rule("*", "*", "tcp.plen", []).covers(difference))
        #expect(rule("*/name.pcap", "7", "tcp.*", [("amb", "snap"), ("ours", "-")]).covers(difference))
        #expect(!rule("*", "8", "tcp.plen", []).covers(difference))
        #expect(!rule("*/other.pcap", "*", "tcp.plen", []).covers(difference))
        #expect(!rule("*", "*", "tcp.plen", [("amb", "short")]).covers(difference))
        #expect(!rule("*", "*", "tcp.plen", [("theirs", "-")]).covers(difference))
        #expect(rule("*", "*", "tcp.plen", [("layers", "*:tcp")]).covers(difference))
        #expect(!rule("*", "*", "tcp.plen", [("layers!", "*:tcp")]).covers(difference))
        #expect(rule("*", "*", "tcp.plen", [("layers!", "*:udp")]).covers(difference))
    }
}
