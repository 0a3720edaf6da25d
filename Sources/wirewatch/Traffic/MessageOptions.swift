import ArgumentParser

/// What a sender says, and how fast.
struct MessageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Send TEXT instead of lines from standard input.", valueName: "text"))
    var message: String?

    @Option(
        help: ArgumentHelp(
            "Send N messages instead of lines from standard input: `message 1` and so on, without --message and --size.",
            valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("Send messages of N octets, the line feed included, instead of lines.", valueName: "n"))
    var size: Int?

    @Option(help: ArgumentHelp("Start a message each T, such as 20ms or 1.5s.", valueName: "t"))
    var interval: DurationArgument?

    @Option(help: ArgumentHelp("Start R messages a second.", valueName: "r"))
    var rate: Double?

    func validate() throws {
        if message != nil, size != nil { throw ValidationError("--message and --size exclude each other.") }
        if interval != nil, rate != nil { throw ValidationError("--interval and --rate exclude each other.") }
        if let count, count < 1 { throw ValidationError("--count must be 1 or more.") }
        if let size, !(0...16_777_216).contains(size) {
            throw ValidationError("--size must be from 0 to 16777216.")
        }
        if let rate, !(rate > 0 && rate <= 1e9) { throw ValidationError("--rate must be more than 0.") }
    }

    /// Nanoseconds from one message's start to the next one's; zero for as fast as can be.
    var intervalInNanoseconds: Int64 {
        if let interval { return interval.nanoseconds }
        if let rate { return Int64(max(1, min(1e9 / rate, 3.2e18))) }
        return 0
    }
}
