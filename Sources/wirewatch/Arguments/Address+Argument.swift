import ArgumentParser
import SocketEvents

/// `host:port`, `[v6]:port` or `:port` on the command line.
struct AddressArgument: ExpressibleByArgument {
    let value: HostAndPort

    /// Nil where the text is no address; `parse` says why.
    init?(argument: String) {
        guard let value = try? HostAndPort(parsing: argument) else { return nil }
        self.value = value
    }

    private init(_ value: HostAndPort) { self.value = value }

    /// For `@Argument(transform:)`.
    ///
    /// - Throws: `ValidationError`, which ends the program with the usage and 64.
    static func parse(_ text: String) throws -> AddressArgument {
        do {
            return AddressArgument(try HostAndPort(parsing: text))
        } catch {
            throw ValidationError("'\(text)' is no address: \(words(for: error)).")
        }
    }

    private static func words(for error: AddressSyntaxError) -> String {
        switch error {
        case .portMissing: "it has no port; write host:port, [v6]:port or :port"
        case .notAPort(let text): "'\(text)' is not a port number from 0 to 65535"
        case .bracketNotClosed: "the bracket is not closed"
        case .notIPv6(let text): "'\(text)' in brackets is not an IPv6 address"
        case .bracketsMissing: "write an IPv6 address in brackets, as in [::1]:7000"
        }
    }
}
