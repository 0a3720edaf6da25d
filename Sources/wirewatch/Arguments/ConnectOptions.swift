import ArgumentParser
import SocketEvents

/// Where from, and for how long, a connection is tried.
struct ConnectOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Give up an attempt to connect after T.", valueName: "t"))
    var connectTimeout: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "Connect from this address of this machine: host, host:port, v6 or [v6]:port.", valueName: "address"),
        transform: ConnectOptions.parseSource)
    var bind: HostAndPort?

    func validate() throws {
        if connectTimeout?.nanoseconds == 0 { throw ValidationError("--connect-timeout must be more than 0.") }
    }

    /// The first of the source's addresses that suits one of `addresses`; nil where none was asked for.
    func source(for addresses: [SocketAddress]) throws(SocketError) -> SocketAddress? {
        guard let bind else { return nil }
        let sources = try bind.resolve(for: .listening, .stream)
        return sources.first { source in addresses.contains { $0.family == source.family } } ?? sources.first
    }

    /// For `@Option(transform:)`.
    static func parseSource(_ text: String) throws -> HostAndPort {
        if let address = try? HostAndPort(parsing: text) { return address }
        let isBracketed = text.first == "[" && text.last == "]"
        let host = isBracketed ? String(text.dropFirst().dropLast()) : text
        guard !host.isEmpty, !host.contains("[") else { throw ValidationError("'\(text)' is no address.") }
        return HostAndPort(host: host, port: 0)
    }
}
