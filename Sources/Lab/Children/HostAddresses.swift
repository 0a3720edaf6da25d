public import PacketDecode

/// The addresses of a run's two ends, which stand in command lines as `{server}`, `{client}`, `{server6}`, `{client6}`.
public struct HostAddresses: Sendable, Hashable {
    public var server: IPv4Address
    public var client: IPv4Address
    public var server6: IPv6Address
    public var client6: IPv6Address

    init(client: Host, server: Host) {
        self.server = server.ipv4
        self.client = client.ipv4
        server6 = server.ipv6
        client6 = client.ipv6
    }

    private init() {
        server = IPv4Address(127, 0, 0, 1)
        client = server
        server6 = IPv6Address(high: 0, low: 1)
        client6 = server6
    }

    /// Both ends on one loopback interface.
    static let loopback = HostAddresses()

    private var names: [(name: String, text: String)] {
        [
            ("server", IPAddress.v4(server).description), ("client", IPAddress.v4(client).description),
            ("server6", IPAddress.v6(server6).description), ("client6", IPAddress.v6(client6).description),
        ]
    }

    /// The command with the addresses in the places of their names. Other braces are the shell's and stay.
    func filled(into command: String) -> String {
        var result = ""
        var rest = command[...]
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            if let (name, text) = names.first(where: { rest.hasPrefix("{\($0.name)}") }) {
                result += text
                rest = rest.dropFirst(name.count + 2)
            } else {
                result.append("{")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// The same as environment variables: `WIREWATCH_SERVER` and so on.
    var environment: [String] { names.map { "WIREWATCH_\($0.name.uppercased())=\($0.text)" } }
}
