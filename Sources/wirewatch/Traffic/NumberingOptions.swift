import ArgumentParser
import SocketEvents

/// Whether datagrams are numbered, and what is reported of them.
struct NumberingOptions: ParsableArguments {
    @Flag(
        help: """
            Datagrams are numbered as iperf3 numbers them, so that the receiver reports those that were lost, doubled or out \
            of order.
            """)
    var numbered = false

    @Flag(name: .customLong("udp-counters-64bit"), help: "The numbers have 64 bits, not 32. Both ends must be told.")
    var has64Bits = false

    @Option(
        name: [.customShort("i"), .customLong("report-interval")],
        help: ArgumentHelp("Report what was moved each T, such as 1s.", valueName: "t"))
    var reportInterval: DurationArgument?

    @Flag(name: .shortAndLong, help: "Show no line for each datagram; where reports are printed there is none either.")
    var quiet = false

    func validate() throws {
        if has64Bits, !numbered { throw ValidationError("--udp-counters-64bit goes with --numbered.") }
        if let reportInterval, reportInterval.nanoseconds < 1_000_000 {
            throw ValidationError("--report-interval must be 1ms or more.")
        }
    }

    var width: DatagramNumber.Width? { numbered ? has64Bits ? .bits64 : .bits32 : nil }

    /// Whether each datagram has a line.
    var isEachShown: Bool { !quiet && !isReported }

    /// Whether there are reports.
    var isReported: Bool { numbered || reportInterval != nil }
}
