/// The ping of wirewatch's TCP tools: a line `PING n` asks whether the program at the other end is there, and the line
/// `PONG n` with the same number answers it.
///
/// The number is decimal, from 0 to 2⁶⁴−1, without a sign and without leading zeros. A line ends with a line feed; a carriage
/// return before it is overlooked. Anything else is a line of text like any other.
public enum PingLine: Sendable, Hashable {
    case ping(UInt64)
    case pong(UInt64)

    private static let pingWord = Array("PING ".utf8)
    private static let pongWord = Array("PONG ".utf8)

    /// Nil where `line` is neither. `line` is without its line feed.
    public init?(_ line: [UInt8]) {
        // "PING " and 20 digits, and a carriage return.
        guard line.count <= 26, line.count > 5, line[0] == UInt8(ascii: "P") else { return nil }
        let digits = line[5...].last == UInt8(ascii: "\r") ? line[5...].dropLast() : line[5...]
        guard let number = Self.number(digits) else { return nil }
        if line.starts(with: Self.pingWord) {
            self = .ping(number)
        } else if line.starts(with: Self.pongWord) {
            self = .pong(number)
        } else {
            return nil
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !isTooLarge, !overflows else { return nil }
            number = sum
        }
        return number
    }

    /// The line as it is sent, with its line feed.
    public var octets: [UInt8] {
        switch self {
        case .ping(let number): Array("PING \(number)\n".utf8)
        case .pong(let number): Array("PONG \(number)\n".utf8)
        }
    }
}
