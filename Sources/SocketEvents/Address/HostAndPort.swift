/// A host and a port as a person writes them: `host:port`, `[v6]:port`, or `:port` for this machine.
public struct HostAndPort: Sendable, Hashable {
    /// A name or an address, without brackets. Empty for this machine: every address where one listens, the loopback where one
    /// connects.
    public let host: String
    public let port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, `[v6]:port` or `:port`.
    ///
    /// - Throws: `AddressSyntaxError`, which says what is wrong with the text.
    public init(parsing text: String) throws(AddressSyntaxError) {
        let hostText: Substring
        let portText: Substring
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]") else { throw .bracketNotClosed }
            hostText = text[text.index(after: text.startIndex)..<bracket]
            let rest = text[text.index(after: bracket)...]
            guard rest.first == ":" else { throw .portMissing }
            guard hostText.contains(":") else { throw .notIPv6(String(hostText)) }
            portText = rest.dropFirst()
        } else {
            guard let colon = text.lastIndex(of: ":") else { throw .portMissing }
            hostText = text[..<colon]
            guard !hostText.contains(":") else { throw .bracketsMissing }
            portText = text[text.index(after: colon)...]
        }
        guard !portText.isEmpty else { throw .portMissing }
        guard portText.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let port = UInt16(portText)
        else { throw .notAPort(String(portText)) }
        self.init(host: String(hostText), port: port)
    }
}

extension HostAndPort: CustomStringConvertible {
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Why a text is not an address.
public enum AddressSyntaxError: Error, Sendable, Hashable {
    case portMissing
    /// What stands after the last colon is not a number from 0 to 65535.
    case notAPort(String)
    case bracketNotClosed
    /// What stands in brackets has no colon.
    case notIPv6(String)
    /// Several colons and no brackets, so that nobody can tell where the port starts.
    case bracketsMissing
}
