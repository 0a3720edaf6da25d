internal import PacketDecode

/// A line of text that is being filled. Its first byte is the line's first column.
typealias Line = OutputSpan<UInt8>

extension Line {
    /// Text of our own: what came off the wire goes through `OutputBuffer.append(escaping:)`.
    @inline(__always)
    mutating func put(_ text: String) {
        for byte in text.utf8 { put(byte) }
    }

    /// A number in decimal.
    @inline(__always)
    mutating func put(number: some FixedWidthInteger) {
        if number < 0 { put(UInt8(ascii: "-")) }
        put(decimal: UInt64(number.magnitude))
    }

    /// Text of our own that is longer than a few characters: the loop over it is the quicker one then.
    @inline(__always)
    mutating func put(long text: String) {
        let octets = text.utf8Span.span
        for index in octets.indices { put(octets[index]) }
    }

    mutating func put(_ address: IPAddress) { address.appendText(to: &self) }
    mutating func put(_ address: MACAddress) { address.appendText(to: &self) }
    mutating func put(_ endpoint: Endpoint) { endpoint.appendText(to: &self) }

    /// Spaces up to `target` bytes of the line. For the ASCII part of a line, where bytes are columns.
    @inline(__always)
    mutating func pad(to target: Int) {
        if target > count { put(UInt8(ascii: " "), count: target - count) }
    }
}

extension Span<UInt8> {
    /// Columns that these bytes of UTF-8 take on a terminal: one a character, none for the escape sequences of colours.
    var columnCount: Int {
        var columns = 0
        var isInEscape = false
        for index in indices {
            let byte = self[index]
            if isInEscape {
                if byte == UInt8(ascii: "m") { isInEscape = false }
            } else if byte == 0x1B {
                isInEscape = true
            } else if byte & 0xC0 != 0x80 {
                columns += 1
            }
        }
        return columns
    }
}
