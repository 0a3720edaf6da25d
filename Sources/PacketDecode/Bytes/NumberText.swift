/// Numbers as ASCII text, appended to a reusable array of bytes. The one place that turns numbers into digits.
public enum NumberText {
    /// Appends `value` in decimal, left-padded with `padding` to at least `width` characters.
    @inlinable
    public static func appendDecimal(
        _ value: UInt64, width: Int = 0, padding: UInt8 = UInt8(ascii: " "), to bytes: inout [UInt8]
    ) {
        var rest = value
        var digitCount = 1
        while rest >= 10 {
            rest /= 10
            digitCount += 1
        }
        let padCount = max(0, width - digitCount)
        for _ in 0..<padCount { bytes.append(padding) }
        let start = bytes.count
        for _ in 0..<digitCount { bytes.append(UInt8(ascii: "0")) }
        rest = value
        var index = start + digitCount
        repeat {
            index -= 1
            let quotient = rest / 10
            bytes[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            rest = quotient
        } while rest != 0
    }

    /// Appends `value` in lower-case hexadecimal with at least `digits` digits and no prefix.
    @inlinable
    public static func appendHexadecimal(_ value: UInt64, digits: Int = 1, to bytes: inout [UInt8]) {
        let significant = max(1, (64 - value.leadingZeroBitCount + 3) / 4)
        for position in stride(from: max(digits, significant) - 1, through: 0, by: -1) {
            let nibble = position >= 16 ? 0 : UInt8(truncatingIfNeeded: value >> UInt64(position * 4)) & 0xF
            bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
    }
}
