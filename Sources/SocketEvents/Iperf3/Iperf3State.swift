/// What either side of iperf3's control connection tells the other in one octet.
package enum Iperf3State: UInt8, Sendable {
    case testStart = 1
    case testRunning = 2
    case testEnd = 4
    case parameterExchange = 9
    case createStreams = 10
    case serverTerminate = 11
    case clientTerminate = 12
    case exchangeResults = 13
    case displayResults = 14
    case done = 16
    /// Two numbers of four octets follow: which of iperf3's errors it is, and an errno.
    case serverError = 254
    /// The server is at another test.
    case accessDenied = 255
}

/// The name that a client gives its test, which each of its connections says first: 36 characters and a zero.
package struct Iperf3Cookie: Sendable, Hashable {
    package static let length = 37

    package let octets: [UInt8]

    /// Nil where there are not 37 octets.
    package init?(_ octets: [UInt8]) {
        guard octets.count == Self.length else { return nil }
        self.octets = octets
    }

    /// A new one, of RFC 4648's base 32 alphabet in lower case, as iperf3's are.
    package static func random() -> Iperf3Cookie {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        return Iperf3Cookie(drawn: (1..<length).map { _ in alphabet[Int.random(in: 0..<32)] } + [0])
    }

    private init(drawn octets: [UInt8]) { self.octets = octets }
}
