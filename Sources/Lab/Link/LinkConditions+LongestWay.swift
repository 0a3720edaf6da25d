extension LinkConditions {
    /// Nanoseconds after which a frame that was sent has arrived, whatever it met on the link.
    var longestWay: Int64 {
        var held: Int64 = 0
        for rule in rules.rules {
            if case .hold(let time) = rule.action { held = max(held, time) }
        }
        let ways = [fromA, fromB].map { direction in
            let way = Double(direction.delay) + Double(direction.jitter) + Double(direction.reorderDelay)
            let queue = direction.rate > 0 ? Double(direction.queueLimit) * 8e9 / Double(direction.rate) : 0
            return way + queue
        }
        // No one waits longer than this for what is still on its way.
        return Int64(min((ways.max() ?? 0) + Double(held), 2e9))
    }
}
