import ArgumentParser
import Lab
import SocketEvents

/// What a person changes of a link between two hosts.
struct LinkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Drop this share of the frames: 5% or 0.05.", valueName: "share"))
    var loss: ShareArgument?

    @Option(help: ArgumentHelp("Hold every frame so long, in each direction: 20ms.", valueName: "time"))
    var delay: DurationArgument?

    @Option(help: ArgumentHelp("Hold a frame up to so long beyond that, drawn evenly.", valueName: "time"))
    var jitter: DurationArgument?

    @Option(help: ArgumentHelp("Let this share of the frames be overtaken.", valueName: "share"))
    var reorder: ShareArgument?

    @Option(help: ArgumentHelp("Deliver this share of the frames twice.", valueName: "share"))
    var duplicate: ShareArgument?

    @Option(help: ArgumentHelp("Start a burst of loss at this share of the frames.", valueName: "share"))
    var burst: ShareArgument?

    @Option(help: ArgumentHelp("Turn a bit in this share of the frames.", valueName: "share"))
    var corrupt: ShareArgument?

    @Option(help: ArgumentHelp("Carry so many bits a second: 10mbit, 500kbit.", valueName: "rate"))
    var rate: RateArgument?

    @Option(help: ArgumentHelp("Octets that may wait for the rate; the rest is dropped.", valueName: "octets"))
    var queue: Int?

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
        variation.loss = loss?.value.fraction
        variation.delay = delay?.nanoseconds
        variation.jitter = jitter?.nanoseconds
        variation.reorder = reorder?.value.fraction
        variation.duplicate = duplicate?.value.fraction
        variation.burst = burst?.value.fraction
        variation.corrupt = corrupt?.value.fraction
        variation.rate = rate?.bitsPerSecond
        variation.queueLimit = queue
        variation.linkMTU = linkMTU
        variation.rules = rules
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
