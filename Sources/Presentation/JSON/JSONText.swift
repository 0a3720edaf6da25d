public import PacketDecode

/// JSON (RFC 8259), appended to the buffer as it is made: no tree, no allocation.
///
/// Commas come by themselves: one is put before a key or an element unless the buffer's last byte opens an object or an
/// array, or stands before a value. Values of one line are written between `beginObject()` and `endObject()`.
extension OutputBuffer {
    public mutating func beginObject() {
        appendSeparator()
        append(UInt8(ascii: "{"))
    }

    public mutating func endObject() { append(UInt8(ascii: "}")) }

    public mutating func beginArray() {
        appendSeparator()
        append(UInt8(ascii: "["))
    }

    public mutating func endArray() { append(UInt8(ascii: "]")) }

    /// A member's name, which must be plain ASCII without quotes and backslashes: the names are Swift property names.
    public mutating func key(_ name: String) {
        appendSeparator()
        append(UInt8(ascii: "\""))
        append(name)
        append("\":")
    }

    /// Text, escaped as JSON demands; what would act on a terminal is escaped too.
    public mutating func value(_ text: String) {
        appendSeparator()
        append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            if scalar.value >= 0x80, Self.isHidden(scalar.value) {
                for unit in scalar.utf16 {
                    append("\\u")
                    append(hexadecimal: unit, digits: 4)
                }
            } else {
                for unit in scalar.utf8 { append(jsonEscaping: unit) }
            }
        }
        append(UInt8(ascii: "\""))
    }

    public mutating func value(_ flag: Bool) {
        appendSeparator()
        append(flag ? "true" : "false")
    }

    /// A number; beyond 2^53, which a reader's floating point may not hold, a string of its digits.
    public mutating func value<Number: FixedWidthInteger>(_ number: Number) {
        appendSeparator()
        let isExact = number.magnitude <= 1 << 53
        if !isExact { append(UInt8(ascii: "\"")) }
        append(number)
        if !isExact { append(UInt8(ascii: "\"")) }
    }

    /// A moment, as a string of epoch seconds with nine decimals.
    public mutating func value(_ timestamp: Timestamp) {
        appendSeparator()
        append(UInt8(ascii: "\""))
        append(epochSeconds: timestamp)
        append(UInt8(ascii: "\""))
    }

    public mutating func value(_ endpoint: Endpoint) {
        appendSeparator()
        append(UInt8(ascii: "\""))
        append(endpoint)
        append(UInt8(ascii: "\""))
    }

    public mutating func value(_ address: IPAddress) {
        appendSeparator()
        append(UInt8(ascii: "\""))
        append(address)
        append(UInt8(ascii: "\""))
    }

    public mutating func value(_ address: MACAddress) {
        appendSeparator()
        append(UInt8(ascii: "\""))
        append(address)
        append(UInt8(ascii: "\""))
    }

    /// Octets as `append(escaping:)` shows them, in a JSON string. Its backslashes are doubled once more, as JSON demands.
    public mutating func value(escaping octets: some Collection<UInt8>) {
        appendSeparator()
        append(UInt8(ascii: "\""))
        let start = count
        append(escaping: octets)
        escapeJSON(from: start)
        append(UInt8(ascii: "\""))
    }

    /// `null`, for a member whose absence would mislead.
    public mutating func null() {
        appendSeparator()
        append("null")
    }

    /// Epoch seconds with nine decimals, without quotes.
    public mutating func append(epochSeconds timestamp: Timestamp) {
        var seconds = timestamp.seconds
        var nanoseconds = timestamp.subsecondNanoseconds
        if seconds < 0 {
            // The parts run forward from the second before; text runs back from zero.
            append(UInt8(ascii: "-"))
            if nanoseconds > 0 {
                seconds += 1
                nanoseconds = 1_000_000_000 - nanoseconds
            }
        }
        append(seconds.magnitude)
        append(UInt8(ascii: "."))
        append(nanoseconds.magnitude, zeroPaddedTo: 9)
    }

    private mutating func appendSeparator() {
        switch lastByte {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: "\n"): break
        default: append(UInt8(ascii: ","))
        }
    }

    private mutating func append(jsonEscaping unit: UInt8) {
        switch unit {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0..<0x20, 0x7F:
            append("\\u00")
            append(hexadecimal: unit, digits: 2)
        default: appendUTF8Unit(unit)
        }
    }

    /// Escapes the quotes and backslashes of what stands from `start` on; control characters must be gone already.
    private mutating func escapeJSON(from start: Int) {
        var extra = 0
        for index in start..<count where bytes[index] == UInt8(ascii: "\\") || bytes[index] == UInt8(ascii: "\"") {
            extra += 1
        }
        guard extra > 0 else { return }
        openGap(from: start, extra: extra) { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") }
    }
}
