import ArgumentParser
import SocketEvents

/// What a client does at the end of its input.
struct EndingOptions: ParsableArguments {
    @Flag(help: "End this half of the stream only, and stay for as long as the server talks.")
    var halfClose = false

    @Flag(help: "Send a reset (RST) instead of an end (FIN), and wait for nothing.")
    var abort = false

    @Option(
        help: ArgumentHelp(
            "Close at once, and let close(2) wait up to T, in whole seconds, until all is acknowledged (SO_LINGER).",
            valueName: "t"))
    var linger: DurationArgument?

    @Option(
        help: ArgumentHelp("Close when the server has been silent for T after this half's end.", valueName: "t"))
    var grace = DurationArgument(seconds: 5)

    func validate() throws {
        guard [halfClose, abort, linger != nil].filter({ $0 }).count < 2 else {
            throw ValidationError("--half-close, --abort and --linger exclude each other.")
        }
        if let linger {
            guard linger.nanoseconds % 1_000_000_000 == 0, (1...32767).contains(linger.nanoseconds / 1_000_000_000)
            else { throw ValidationError("--linger takes whole seconds, from 1s; for none there is --abort.") }
        }
    }

    func set(_ rules: inout ConversationRules) {
        rules.ending = abort || linger != nil ? .atOnce : .inOrder
        rules.dialogue.grace = halfClose ? nil : grace.nanoseconds
    }

    /// `options` with what closing needs.
    func options(_ options: TCPSocketOptions) -> TCPSocketOptions {
        var options = options
        if abort { options.linger = 0 }
        if let linger { options.linger = Int32(clamping: linger.nanoseconds / 1_000_000_000) }
        return options
    }
}
