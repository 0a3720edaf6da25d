import ArgumentParser
import SocketEvents

/// What is asked of a TCP socket; a listener's connections inherit it.
struct TCPOptions: ParsableArguments {
    @Flag(help: "Send small segments at once, without waiting for acknowledgments (TCP_NODELAY).")
    var noDelay = false

    @Option(
        defaultAsFlag: KeepAliveArgument(argument: "") ?? KeepAliveArgument(),
        help: ArgumentHelp(
            "Have TCP ask a silent peer whether it is there: after so much silence, then so often, so many times (10s,1s,3); alone with the kernel's own times.",
            valueName: "idle,interval,count"))
    var keepAlive: KeepAliveArgument?

    @Option(
        help: ArgumentHelp(
            "End the connection when data stays unacknowledged for T (TCP_USER_TIMEOUT).", valueName: "t"))
    var userTimeout: DurationArgument?

    @Flag(help: "Let data travel in the SYN, where both kernels allow it (TCP Fast Open, RFC 7413).")
    var fastOpen = false

    @Option(help: ArgumentHelp("Ask for a send buffer of N octets (SO_SNDBUF).", valueName: "n"))
    var sendBuffer: Int32?

    @Option(help: ArgumentHelp("Ask for a receive buffer of N octets (SO_RCVBUF).", valueName: "n"))
    var receiveBuffer: Int32?

    func validate() throws {
        if let text = keepAlive?.unreadable {
            throw ValidationError(
                "'\(text)' is no keep-alive: write idle,interval,count as in 10s,1s,3, in whole seconds from 1s.")
        }
        if let userTimeout, !(1_000_000...Int64(Int32.max) * 1_000_000).contains(userTimeout.nanoseconds) {
            throw ValidationError("--user-timeout must be from 1ms to 24 days.")
        }
        if let sendBuffer, sendBuffer < 1 { throw ValidationError("--send-buffer must be 1 or more.") }
        if let receiveBuffer, receiveBuffer < 1 { throw ValidationError("--receive-buffer must be 1 or more.") }
    }

    var options: TCPSocketOptions {
        var options = TCPSocketOptions()
        options.isNagleDisabled = noDelay
        options.keepAlive = keepAlive?.value
        options.userTimeout = userTimeout.map { Int32(clamping: $0.nanoseconds / 1_000_000) }
        options.isFastOpen = fastOpen
        options.sendBuffer = sendBuffer
        options.receiveBuffer = receiveBuffer
        return options
    }
}

/// TCP's keep-alive on the command line: `idle,interval,count`, of which the later ones may be left out.
struct KeepAliveArgument: ExpressibleByArgument, CustomStringConvertible {
    var value = TCPSocketOptions.KeepAlive()
    /// What stands where the times should, for an error; nil where they can be read.
    private(set) var unreadable: String?

    init() {}

    /// Nil for an address: the option's value may be left out, and then the next argument is none of the option's. What else is
    /// no times is kept: refused here, it would be told as an argument too many.
    init?(argument: String) {
        if argument.contains(":") { return nil }
        if let value = Self.read(argument) { self.value = value } else { unreadable = argument }
    }

    private static func read(_ text: String) -> TCPSocketOptions.KeepAlive? {
        let parts = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 3 else { return nil }
        func seconds(_ index: Int) -> Int32?? {
            guard index < parts.count else { return .some(nil) }
            guard let time = DurationArgument(argument: String(parts[index])), time.nanoseconds >= 1_000_000_000,
                time.nanoseconds % 1_000_000_000 == 0, time.nanoseconds / 1_000_000_000 <= 32767
            else { return nil }
            return .some(Int32(time.nanoseconds / 1_000_000_000))
        }
        guard let idle = seconds(0), let interval = seconds(1) else { return nil }
        var value = TCPSocketOptions.KeepAlive()
        value.idle = idle
        value.interval = interval
        if parts.count == 3 {
            guard let count = Int32(parts[2]), (1...127).contains(count) else { return nil }
            value.count = count
        }
        return value
    }

    /// For the help: what the option alone means.
    var description: String { "the kernel's times" }
}

/// The ping by lines, and who answers it.
struct PingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ask the peer each T whether its program is there, by a line `PING n`; wirewatch answers `PONG n`.",
            valueName: "t"))
    var pingInterval: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "Take the peer for vanished after a ping and T of silence; by default the interval.", valueName: "t"))
    var pingTimeout: DurationArgument?

    @Flag(inversion: .prefixedNo, help: "Answer the peer's pings.")
    var pong = true

    func validate() throws {
        if pingTimeout != nil, pingInterval == nil { throw ValidationError("--ping-timeout needs --ping-interval.") }
        if pingInterval?.nanoseconds == 0 { throw ValidationError("--ping-interval must be more than 0.") }
        if pingTimeout?.nanoseconds == 0 { throw ValidationError("--ping-timeout must be more than 0.") }
    }

    func set(_ rules: inout LineDialogue.Rules) {
        rules.answersPings = pong
        rules.ping = pingInterval.map { interval in
            PingRules(interval: interval.nanoseconds, timeout: (pingTimeout ?? interval).nanoseconds)
        }
    }
}
