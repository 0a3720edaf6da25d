import ArgumentParser
import SocketEvents

/// What a UDP sender's made datagrams are, and how fast they leave.
struct SendingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Send so many bits of payload a second: 10M, 500kbit.", valueName: "rate"))
    var bitrate: RateArgument?

    @Option(
        help: ArgumentHelp(
            "Let N datagrams leave back to back: by default an eighth of a millisecond's worth, and 1 at least.",
            valueName: "n"))
    var burst: Int?

    @Option(help: ArgumentHelp("End after this time, such as 10s.", valueName: "t"))
    var duration: DurationArgument?

    @Flag(help: "Ask the receiver for its report at the end. It must be wirewatch with --numbered.")
    var peerReport = false

    func validate() throws {
        if let burst, !(1...DatagramBurst.mostSlots).contains(burst) {
            throw ValidationError("--burst must be from 1 to \(DatagramBurst.mostSlots).")
        }
    }

    /// Octets of a numbered datagram where nothing else is asked: what an Ethernet frame carries over IPv6.
    private static let numberedSize = 1452

    /// What is sent where datagrams are made; nil where they are lines.
    func plan(_ messages: MessageOptions, _ numbering: NumberingOptions) -> SendingRun.Plan? {
        let content: SendingRun.Plan.Content
        var size = 0
        if let message = messages.message {
            content = .octets(Array(message.utf8))
            size = message.utf8.count
        } else if let octets = messages.size ?? (numbering.numbered ? Self.numberedSize : nil) {
            content = .octets(MessageSource.filler(octets: octets, endsWithLineFeed: false))
            size = octets
        } else if messages.count != nil {
            content = .numberedText
        } else {
            return nil
        }
        // One alone, unless it is said how long to go on.
        let count = messages.count ?? (duration == nil && !numbering.numbered ? 1 : nil)
        let pace = SendPace(
            rate: rate(messages, size: size), burst: burst, count: count, duration: duration?.nanoseconds)
        return SendingRun.Plan(
            content: content, width: numbering.width, pace: pace, interval: numbering.reportInterval?.nanoseconds)
    }

    /// Datagrams a second; nil for as fast as can be.
    private func rate(_ messages: MessageOptions, size: Int) -> Double? {
        if let bitrate { return Double(bitrate.bitsPerSecond) / Double(8 * max(1, size)) }
        if let rate = messages.rate { return rate }
        guard let interval = messages.interval, interval.nanoseconds > 0 else { return nil }
        return 1e9 / Double(interval.nanoseconds)
    }

    /// What makes no sense together.
    func validate(_ messages: MessageOptions, _ numbering: NumberingOptions, isDuplex: Bool) throws {
        if bitrate != nil, messages.rate != nil || messages.interval != nil {
            throw ValidationError("--bitrate, --rate and --interval exclude each other.")
        }
        if let width = numbering.width {
            if messages.message != nil { throw ValidationError("--numbered and --message exclude each other.") }
            if let size = messages.size, size < width.headLength {
                throw ValidationError("--size must be \(width.headLength) or more: the number takes as many octets.")
            }
        }
        if let size = messages.size, size > 65527 {
            throw ValidationError("--size must be 65507 or less, over IPv6 65527: a datagram holds no more.")
        }
        let isMade = messages.size != nil || messages.message != nil || numbering.numbered
        if !isMade {
            if burst != nil || bitrate != nil || numbering.reportInterval != nil {
                throw ValidationError(
                    "--burst, --bitrate and --report-interval go with --size, --message or --numbered.")
            }
        }
        if peerReport {
            if !numbering.numbered { throw ValidationError("--peer-report goes with --numbered.") }
            if isDuplex { throw ValidationError("--peer-report and --duplex exclude each other.") }
        }
    }
}
