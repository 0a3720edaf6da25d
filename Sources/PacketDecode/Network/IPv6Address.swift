/// An IPv6 address.
public struct IPv6Address: Sendable, BitwiseCopyable, Hashable {
    /// The address's first 64 bits in host order.
    public let high: UInt64
    /// The address's last 64 bits in host order.
    public let low: UInt64

    /// The address of two halves in host order.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// ::1 (RFC 4291 §2.5.3).
    public static let loopback = IPv6Address(high: 0, low: 1)

    /// One of the eight 16-bit groups, from the left.
    @inlinable
    func group(_ index: Int) -> UInt16 {
        let half = index < 4 ? high : low
        return UInt16(truncatingIfNeeded: half >> UInt64(48 - (index & 3) * 16))
    }

    /// Appends the canonical text form of RFC 5952: lower case, no leading zeros, the first longest run of two or more
    /// zero groups as `::`, and an IPv4-mapped address (RFC 4291 §2.5.5.2) with its last 32 bits in dotted decimal.
    public func appendText(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: Self.textCapacity) { appendText(to: &$0) }
    }

    /// Characters that the longest text form takes: eight groups of four digits and seven colons.
    public static let textCapacity = 39

    /// Appends the same text.
    public func appendText(to line: inout OutputSpan<UInt8>) {
        let colon = UInt8(ascii: ":")
        if high == 0, low >> 32 == 0xFFFF {
            for character in "::ffff:".utf8 { line.put(character) }
            IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)).appendText(to: &line)
            return
        }
        var bestStart = 8
        var bestCount = 1
        var runStart = 0
        var runCount = 0
        for index in 0..<8 {
            if group(index) == 0 {
                if runCount == 0 { runStart = index }
                runCount += 1
                if runCount > bestCount {
                    bestStart = runStart
                    bestCount = runCount
                }
            } else {
                runCount = 0
            }
        }
        var index = 0
        while index < 8 {
            if index == bestStart {
                line.put(colon)
                line.put(colon)
                index += bestCount
                continue
            }
            if index > 0, index != bestStart + bestCount { line.put(colon) }
            line.put(hexadecimal: UInt64(group(index)))
            index += 1
        }
    }
}

extension IPv6Address: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
