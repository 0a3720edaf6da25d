/// The start line of a message (RFC 9112 §3, §4). Any octets are valid input.
enum HTTPStartLine {
    /// Whether octets may be the beginning of a stream of HTTP/1.x: cheap, and true of few streams that are not.
    ///
    /// A method is a token, which IANA's registry has in capitals and hyphens alone; behind it stand a space and a target.
    static func isPossible(_ octets: Span<UInt8>) -> Bool {
        guard !octets.isEmpty else { return false }
        if hasPrefix(octets, version) { return true }
        var position = 0
        while position < octets.count, isMethodOctet(octets[position]) { position += 1 }
        guard position < octets.count else { return position <= longestMethod }
        guard (1...longestMethod).contains(position), octets[position] == UInt8(ascii: " ") else { return false }
        guard position + 1 < octets.count else { return true }
        // origin-form, asterisk-form, absolute-form or authority-form (RFC 9112 §3.2).
        switch octets[position + 1] {
        case UInt8(ascii: "/"), UInt8(ascii: "*"), UInt8(ascii: "["), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            return true
        default: return false
        }
    }

    /// Reads a line without its end; nil where it is no start line of HTTP/1.x.
    static func parse(_ line: [UInt8]) -> (startLine: HTTPHead.StartLine, minorVersion: UInt8)? {
        if line.starts(with: version) { return parseStatusLine(line) }
        // The version is what stands behind the last space: a target that has spaces, as it must not, is taken whole.
        guard let first = line.firstIndex(of: UInt8(ascii: " ")), let last = line.lastIndex(of: UInt8(ascii: " ")),
            first > 0, last > first + 1, first <= longestMethod, line[..<first].allSatisfy(isTokenOctet),
            line.count == last + 9, line[(last + 1)...].starts(with: version),
            let minor = digit(line[line.count - 1])
        else { return nil }
        let target = line[(first + 1)..<last]
        let startLine = HTTPHead.StartLine.request(
            method: Array(line[..<first]), target: Array(target.prefix(HTTPHead.keptTarget)),
            targetLength: target.count)
        return (startLine, minor)
    }

    /// `HTTP/1.1 200 OK`; the reason may be missing, and its space with it.
    private static func parseStatusLine(_ line: [UInt8]) -> (HTTPHead.StartLine, UInt8)? {
        guard line.count >= 12, let minor = digit(line[7]), line[8] == UInt8(ascii: " "),
            line.count == 12 || line[12] == UInt8(ascii: " "),
            let hundreds = digit(line[9]), hundreds >= 1, let tens = digit(line[10]), let ones = digit(line[11])
        else { return nil }
        return (.response(status: UInt16(hundreds) * 100 + UInt16(tens) * 10 + UInt16(ones)), minor)
    }

    private static let version = Array("HTTP/1.".utf8)
    private static let longestMethod = 24

    private static func hasPrefix(_ octets: Span<UInt8>, _ prefix: [UInt8]) -> Bool {
        for index in 0..<min(octets.count, prefix.count) where octets[index] != prefix[index] { return false }
        return true
    }

    private static func isMethodOctet(_ octet: UInt8) -> Bool {
        octet >= UInt8(ascii: "A") && octet <= UInt8(ascii: "Z") || octet == UInt8(ascii: "-")
    }

    /// tchar of RFC 9110 §5.6.2.
    private static func isTokenOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(octet)
        }
    }

    private static func digit(_ octet: UInt8) -> UInt8? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) ? octet - UInt8(ascii: "0") : nil
    }
}
