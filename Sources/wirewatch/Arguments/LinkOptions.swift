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
        return variation
    }
}
