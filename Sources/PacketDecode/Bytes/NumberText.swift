/// Numbers as ASCII text, appended to a reusable array of bytes or to a line that is being filled. The one place that
/// turns numbers into digits.
public enum NumberText {
    /// Appends `value` in decimal, left-padded with `padding` to at least `width` characters.
    @inlinable
    public static func appendDecimal(
        _ value: UInt64, width: Int = 0, padding: UInt8 = UInt8(ascii: " "), to bytes: inout [UInt8]
    ) {
        bytes.append(addingCapacity: max(width, 20)) { line in
            line.put(decimal: value, width: width, padding: padding)
        }
    }

    /// Appends `value` in lower-case hexadecimal with at least `digits` digits and no prefix.
    @inlinable
    public static func appendHexadecimal(_ value: UInt64, digits: Int = 1, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: max(digits, 16)) { line in line.put(hexadecimal: value, digits: digits) }
    }
}

/// Text written into memory that is reserved already: a line of bounded length.
///
/// What does not fit is left out: nothing here traps, whatever the line was meant to hold.
extension OutputSpan<UInt8> {
    /// One byte.
    @inlinable @inline(__always)
    public mutating func put(_ byte: UInt8) {
        if freeCapacity > 0 { append(byte) }
    }

    /// `value` in decimal, left-padded with `padding` to at least `width` characters.
    @inlinable
    public mutating func put(decimal value: UInt64, width: Int, padding: UInt8 = UInt8(ascii: " ")) {
        let digitCount = Self.digitCount(value)
        if width > digitCount { put(padding, count: width - digitCount) }
        put(decimal: value)
    }

    /// `value` in decimal.
    @inlinable
    public mutating func put(decimal value: UInt64) {
        guard let small = UInt32(exactly: value) else { return putLarge(value) }
        if small < 10 {
            put(digit: small)
        } else if small < 100 {
            put(pair: small)
        } else if small < 10_000 {
            let high = small / 100
            if high < 10 { put(digit: high) } else { put(pair: high) }
            put(pair: small &- high &* 100)
        } else {
            put(decimal: UInt64(small / 10_000))
            put(quad: small % 10_000)
        }
    }

    /// The low six digits of `value`, zeros in front: a part of a second in microseconds.
    @inlinable @inline(__always)
    public mutating func put(sixDigits value: UInt32) {
        put(pair: value / 10_000 % 100)
        put(quad: value % 10_000)
    }

    @inlinable @inline(never)
    mutating func putLarge(_ value: UInt64) {
        put(decimal: value / 10_000)
        put(quad: UInt32(truncatingIfNeeded: value % 10_000))
    }

    @inlinable @inline(__always)
    mutating func put(digit value: UInt32) { put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value)) }

    /// Two digits; `value` is below 100.
    @inlinable @inline(__always)
    mutating func put(pair value: UInt32) {
        let high = value / 10
        put(digit: high)
        put(digit: value &- high &* 10)
    }

    /// Four digits; `value` is below 10,000.
    @inlinable @inline(__always)
    mutating func put(quad value: UInt32) {
        let high = value / 100
        put(pair: high)
        put(pair: value &- high &* 100)
    }

    /// `value` in lower-case hexadecimal with at least `digits` digits and no prefix.
    @inlinable
    public mutating func put(hexadecimal value: UInt64, digits: Int = 1) {
        let significant = max(1, (64 - value.leadingZeroBitCount + 3) / 4)
        for position in stride(from: max(digits, significant) - 1, through: 0, by: -1) {
            let nibble = position >= 16 ? 0 : UInt8(truncatingIfNeeded: value >> UInt64(position * 4)) & 0xF
            put(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
    }

    /// An octet in decimal, as dotted addresses have it.
    @inlinable @inline(__always)
    public mutating func put(octet value: UInt8) {
        if value >= 100 {
            put(UInt8(ascii: "0") &+ value / 100)
            put(UInt8(ascii: "0") &+ value / 10 % 10)
        } else if value >= 10 {
            put(UInt8(ascii: "0") &+ value / 10)
        }
        put(UInt8(ascii: "0") &+ value % 10)
    }

    /// `byte`, `count` times.
    @inlinable
    public mutating func put(_ byte: UInt8, count: Int) {
        append(repeating: byte, count: Swift.min(Swift.max(0, count), freeCapacity))
    }

    /// Decimal digits of `value`.
    @inlinable @inline(__always)
    public static func digitCount(_ value: UInt64) -> Int {
        if value < 10 { return 1 }
        if value < 100 { return 2 }
        if value < 1000 { return 3 }
        if value < 10_000 { return 4 }
        var rest = value / 10_000
        var digits = 5
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        return digits
    }
}
