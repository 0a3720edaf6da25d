import PacketDecode
import SocketEvents
import Testing

@Suite("Addresses as people write them")
struct HostAndPortTests {
    @Test(
        "Host and port",
        arguments: [
            ("127.0.0.1:7000", "127.0.0.1", 7000), ("example.org:0", "example.org", 0), ("[::1]:65535", "::1", 65535),
            ("[fe80::1%lo]:7", "fe80::1%lo", 7), (":80", "", 80),
        ] as [(String, String, UInt16)])
    func good(text: String, host: String, port: UInt16) throws {
        let address = try HostAndPort(parsing: text)
        #expect(address == HostAndPort(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(
        "What is wrong is said",
        arguments: [
            ("", .portMissing), ("127.0.0.1", .portMissing), ("127.0.0.1:", .portMissing), ("[::1]", .portMissing),
            ("[::1]7000", .portMissing), ("host:65536", .notAPort("65536")), ("host:-1", .notAPort("-1")),
            ("host:+1", .notAPort("+1")), ("host:http", .notAPort("http")), ("::1:7000", .bracketsMissing),
            ("[::1:7000", .bracketNotClosed), ("[127.0.0.1]:80", .notIPv6("127.0.0.1")),
        ] as [(String, AddressSyntaxError)])
    func bad(text: String, error: AddressSyntaxError) {
        #expect(throws: error) { try HostAndPort(parsing: text) }
    }

    @Test("Numeric addresses resolve to themselves")
    func numeric() throws {
        let found = try HostAndPort(host: "192.0.2.1", port: 9).resolve(for: .connecting, .datagram)
        #expect(found == [SocketAddress(Endpoint(address: .v4(IPv4Address(192, 0, 2, 1)), port: 9))])
    }

    @Test("No host is every address to a listener, IPv6 first, and the loopback to a client")
    func noHost() throws {
        let listening = try HostAndPort(host: "", port: 9).resolve(for: .listening, .stream)
        #expect(listening.contains(SocketAddress(Endpoint(address: .v4(IPv4Address(0, 0, 0, 0)), port: 9))))
        if listening.count > 1 {
            #expect(listening.first?.endpoint.address == .v6(IPv6Address(high: 0, low: 0)))
        }
        let connecting = try HostAndPort(host: "", port: 9).resolve(for: .connecting, .stream)
        #expect(connecting.allSatisfy { [.v4(.loopback), .v6(.loopback)].contains($0.endpoint.address) })
    }

    @Test("A name that does not exist is an error of the resolver")
    func notFound() {
        let error = #expect(throws: SocketError.self) {
            try HostAndPort(host: "nonexistent.invalid", port: 9).resolve(for: .connecting, .stream)
        }
        #expect(error?.operation == .resolve)
        #expect(error?.subject == "nonexistent.invalid")
        #expect(error?.errno == nil)
    }
}
