extension LinkConditions {
    /// A lesson's link: it holds every frame `delay` nanoseconds in each direction and does what the rules say, as
    /// docs/link-rules.md has them. A text that is no rules makes a link without any: the lesson's claims do not hold then,
    /// and its test says so.
    static func delay(_ delay: Int64, rules text: String) -> LinkConditions {
        var conditions = LinkConditions.delay(delay)
        conditions.rules = (try? LinkRules(parsing: text)) ?? LinkRules()
        return conditions
    }
}
