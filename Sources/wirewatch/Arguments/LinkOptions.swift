import ArgumentParser
import Lab
import SocketEvents
import Timeline

/// What a person changes of a link between two hosts. Where a direction may differ from the other, a value is one of
/// `DirectedArgument`.
struct LinkOptions: ParsableArguments {
    /// Stands in the help of each command that takes these options.
    static let directions = """
        What --loss to --queue say holds in both directions. A:VALUE is for frames from host A alone, B:VALUE for those \
        from B; both may be said: --delay A:5ms,B:80ms.
        """

    @Option(help: ArgumentHelp("Drop this share of the frames: 5%, 0.05, or A:5% of those from A.", valueName: "share"))
    var loss: DirectedArgument<ShareArgument>?

    @Option(help: ArgumentHelp("Hold every frame so long: 20ms, or A:5ms,B:80ms.", valueName: "time"))
    var delay: DirectedArgument<DurationArgument>?

    @Option(help: ArgumentHelp("Hold a frame up to so long beyond that, drawn evenly.", valueName: "time"))
    var jitter: DirectedArgument<DurationArgument>?

    @Option(help: ArgumentHelp("Let this share of the frames be overtaken.", valueName: "share"))
    var reorder: DirectedArgument<ShareArgument>?

    @Option(help: ArgumentHelp("Deliver this share of the frames twice.", valueName: "share"))
    var duplicate: DirectedArgument<ShareArgument>?

    @Option(help: ArgumentHelp("Start a burst of loss at this share of the frames.", valueName: "share"))
    var burst: DirectedArgument<ShareArgument>?

    @Option(help: ArgumentHelp("Turn a bit in this share of the frames.", valueName: "share"))
    var corrupt: DirectedArgument<ShareArgument>?

    @Option(help: ArgumentHelp("Carry so many bits a second: 10mbit, 500kbit.", valueName: "rate"))
    var rate: DirectedArgument<RateArgument>?

    @Option(help: ArgumentHelp("Octets that may wait for the rate; the rest is dropped.", valueName: "octets"))
    var queue: DirectedArgument<Int>?

    @Option(
        help: ArgumentHelp(
            "Carry packets of so many octets at most: the link is then a router, which fragments or answers by ICMP.",
            valueName: "octets"))
    var linkMTU: Int?

    @Option(
        help: ArgumentHelp(
            "What happens to certain frames: 'drop data 3 from A; hold 200ms ACK from B' (docs/link-rules.md).",
            valueName: "text"),
        transform: LinkOptions.rules)
    var rules: LinkRules?

    @Option(help: ArgumentHelp("The seed: the same one draws the same fates.", valueName: "number"))
    var seed: UInt64?

    var variation: LinkVariation {
        var variation = LinkVariation()
        variation.seed = seed
        variation.linkMTU = linkMTU
        variation.rules = rules
        variation.fromA = impairment(.a)
        variation.fromB = impairment(.b)
        return variation
    }

    private func impairment(_ source: HostName) -> ImpairmentVariation {
        var variation = ImpairmentVariation()
        variation.loss = loss?[source]?.value.fraction
        variation.delay = delay?[source]?.nanoseconds
        variation.jitter = jitter?[source]?.nanoseconds
        variation.reorder = reorder?[source]?.value.fraction
        variation.duplicate = duplicate?[source]?.value.fraction
        variation.burst = burst?[source]?.value.fraction
        variation.corrupt = corrupt?[source]?.value.fraction
        variation.rate = rate?[source]?.bitsPerSecond
        variation.queueLimit = queue?[source]
        return variation
    }

    /// For `@Option(transform:)`.
    ///
    /// - Throws: `ValidationError`, which points at the word.
    static func rules(_ text: String) throws -> LinkRules {
        do {
            return try LinkRules(parsing: text)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
