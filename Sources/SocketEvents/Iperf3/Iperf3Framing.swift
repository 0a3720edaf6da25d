/// The octets of a control connection as they come, taken out in the pieces that the protocol knows.
struct Iperf3Framing: Sendable {
    private var pending: [UInt8] = []

    /// Octets beyond which a peer's JSON is not read: the report of a day in intervals of a second is shorter.
    private static let longestText = 16 << 20

    mutating func append(_ octets: some Collection<UInt8>) { pending += octets }

    var isEmpty: Bool { pending.isEmpty }

    /// The next `count` octets; nil where they have not come yet.
    mutating func take(_ count: Int) -> [UInt8]? {
        guard pending.count >= count else { return nil }
        let taken = Array(pending.prefix(count))
        pending.removeFirst(count)
        return taken
    }

    /// The next JSON, which follows its length in four octets; nil where it has not all come yet.
    mutating func takeJSON() throws(Iperf3Failure) -> JSONValue? {
        guard pending.count >= 4 else { return nil }
        let length = Self.number(pending[..<4])
        guard length <= Self.longestText else { throw .malformed(expected: "JSON of a length that can be read") }
        guard pending.count >= 4 + length else { return nil }
        guard let value = JSONValue(parsing: pending[4..<4 + length]) else { throw .malformed(expected: "JSON") }
        pending.removeFirst(4 + length)
        return value
    }

    /// `value` with its length before it.
    static func frame(_ value: JSONValue) -> [UInt8] {
        let octets = value.octets
        return word(UInt32(octets.count)) + octets
    }

    /// Four octets in network order.
    static func word(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }

    static func number(_ octets: some Collection<UInt8>) -> Int { octets.reduce(0) { $0 << 8 | Int($1) } }
}
