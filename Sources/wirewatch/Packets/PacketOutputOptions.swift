public import ArgumentParser
import Glibc
public import Presentation

extension TimeStyle: ExpressibleByArgument {}

/// What `read` and `capture` have in common: how packets are shown, how many, and where they go besides.
struct PacketOutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print the closing line only.")
    var quiet = false

    @Option(name: [.customShort("c"), .long], help: ArgumentHelp("End after this many frames.", valueName: "n"))
    var count: UInt64?

    @Option(
        name: [.customShort("w"), .customLong("write")],
        help: ArgumentHelp(
            "Write the frames to this file too, as pcap with nanoseconds; - is standard output, in place of the text.",
            valueName: "file"))
    var writePath: String?

    @Option(help: "Show times as seconds since the first frame, since 1970, in UTC, or since the frame before.")
    var time: TimeStyle = .relative

    @Flag(help: "Show nine decimals of a second in place of six.")
    var nanoseconds = false

    @Flag(help: "Show long IPv6 addresses in full, in place of short names that are explained above their first use.")
    var fullAddresses = false

    @Flag(help: "Verify checksums, and mark those that do not hold.")
    var verifyChecksums = false

    func validate() throws {
        if count == 0 { throw ValidationError("-c takes a number from 1 on.") }
    }

    /// How lines of text are to look on this process's standard output.
    var lineOptions: PacketLine.Options {
        var options = PacketLine.Options()
        options.timeStyle = time
        options.hasNanoseconds = nanoseconds
        options.hasFullAddresses = fullAddresses
        options.isColoured = Terminal.isColoured(STDOUT_FILENO)
        options.foldColumn = Terminal.columns(STDOUT_FILENO)
        return options
    }
}
