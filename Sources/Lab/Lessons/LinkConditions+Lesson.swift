internal import Timeline

extension LinkConditions {
    /// A lesson's link: it holds every frame `delay` nanoseconds in each direction, and does what the rules say.
    static func delay(_ delay: Int64, rules: LinkRule...) -> LinkConditions {
        var conditions = LinkConditions.delay(delay)
        conditions.rules = LinkRules(rules)
        return conditions
    }
}

extension LinkRule {
    /// What happens to the frames from A of that kind with these numbers, each once.
    static func fromA(_ action: Action, _ kind: Kind, _ numbers: Int...) -> LinkRule {
        LinkRule(action: action, kind: kind, which: .numbered(numbers.map { $0...$0 }), source: .a)
    }

    /// What happens to all frames of that kind from a host.
    static func all(_ action: Action, _ kind: Kind, from source: HostName) -> LinkRule {
        LinkRule(action: action, kind: kind, source: source)
    }
}
