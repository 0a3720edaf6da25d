internal import PacketDecode

/// JSON in a line of bounded length: what `JSONText.swift` does for a buffer, for values that hold no text of others.
extension Line {
    private var lastByte: UInt8? { count > 0 ? span[count - 1] : nil }

    /// A comma, unless the line is at the start of an object, an array or a value.
    @inline(__always)
    private mutating func putSeparator() {
        guard let last = lastByte else { return }
        switch last {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
        default: put(UInt8(ascii: ","))
        }
    }

    mutating func beginObject() {
        putSeparator()
        put(UInt8(ascii: "{"))
    }

    mutating func endObject() { put(UInt8(ascii: "}")) }

    mutating func beginArray() {
        putSeparator()
        put(UInt8(ascii: "["))
    }

    mutating func endArray() { put(UInt8(ascii: "]")) }

    /// A member's name: a Swift property's, which needs no escape.
    @inline(__always)
    mutating func key(_ name: String) {
        putSeparator()
        put(UInt8(ascii: "\""))
        put(long: name)
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
    }

    /// Text of our own, which needs no escape.
    mutating func value(_ text: String) {
        putSeparator()
        put(UInt8(ascii: "\""))
        put(text)
        put(UInt8(ascii: "\""))
    }

    /// Text that `fill` puts, and that needs no escape.
    @inline(__always)
    mutating func value(_ fill: (inout Line) -> Void) {
        putSeparator()
        put(UInt8(ascii: "\""))
        fill(&self)
        put(UInt8(ascii: "\""))
    }

    @inline(__always)
    mutating func object(_ name: String, _ fill: (inout Line) -> Void) {
        key(name)
        put(UInt8(ascii: "{"))
        fill(&self)
        put(UInt8(ascii: "}"))
    }

    /// A number as an element of an array.
    mutating func element(_ number: some FixedWidthInteger) {
        putSeparator()
        put(number: number)
    }

    /// A number; beyond 2^53, which a reader's floating point may not hold, a string of its digits.
    @inline(__always)
    mutating func member(_ name: String, _ number: some FixedWidthInteger) {
        key(name)
        let isExact = number.magnitude <= 1 << 53
        if !isExact { put(UInt8(ascii: "\"")) }
        put(number: number)
        if !isExact { put(UInt8(ascii: "\"")) }
    }

    mutating func member(_ name: String, _ number: (some FixedWidthInteger)?) {
        if let number { member(name, number) }
    }

    @inline(__always)
    mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        put(flag ? "true" : "false")
    }

    mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    mutating func member(_ name: String, _ address: IPAddress) {
        key(name)
        value { $0.put(address) }
    }

    mutating func member(_ name: String, _ address: MACAddress) {
        key(name)
        value { $0.put(address) }
    }

    mutating func member(_ name: String, _ range: ByteRange) {
        object(name) { line in
            line.member("lowerBound", range.lowerBound)
            line.member("upperBound", range.upperBound)
        }
    }

    mutating func member(_ name: String, _ timestamp: Timestamp) {
        key(name)
        value { $0.put(epochSecondsOf: timestamp) }
    }

    /// Epoch seconds with nine decimals.
    mutating func put(epochSecondsOf timestamp: Timestamp) {
        let magnitude = timestamp.nanosecondsSinceEpoch.magnitude
        if timestamp.nanosecondsSinceEpoch < 0 { put(UInt8(ascii: "-")) }
        put(decimal: magnitude / 1_000_000_000)
        put(UInt8(ascii: "."))
        put(padded: magnitude % 1_000_000_000, 9)
    }
}
