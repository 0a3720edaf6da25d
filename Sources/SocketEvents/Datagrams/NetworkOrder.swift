/// Numbers of up to eight octets in network order, the most significant octet first.
extension Span<UInt8> {
    func number(at offset: Int, octets: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in offset..<offset + octets { value = value << 8 | UInt64(self[index]) }
        return value
    }
}

extension [UInt8] {
    /// Writes the low octets of `value` over those from `offset` on.
    mutating func store(_ value: UInt64, at offset: Int, octets: Int) {
        for index in 0..<octets {
            self[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (octets - 1 - index)))
        }
    }

    mutating func append(networkOrder value: UInt64) {
        append(contentsOf: repeatElement(0, count: 8))
        store(value, at: count - 8, octets: 8)
    }
}
