public import PacketDecode

/// Text in the making: a byte buffer that is filled, written out, and filled again, so that a line costs no allocation.
public struct OutputBuffer: Sendable {
    public private(set) var bytes: [UInt8] = []
    /// Where the present line starts, for `pad(toColumn:)`.
    private var lineStart = 0

    public init(capacity: Int = 16384) { bytes.reserveCapacity(capacity) }

    public var count: Int { bytes.count }
    public var isEmpty: Bool { bytes.isEmpty }

    /// Forgets the text and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        lineStart = 0
    }

    public mutating func append(_ byte: UInt8) { bytes.append(byte) }

    public mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    public mutating func append<Number: FixedWidthInteger>(_ value: Number, width: Int = 0) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        NumberText.appendDecimal(UInt64(value.magnitude), width: width, to: &bytes)
    }

    public mutating func append(_ value: UInt64, zeroPaddedTo width: Int) {
        NumberText.appendDecimal(value, width: width, padding: UInt8(ascii: "0"), to: &bytes)
    }

    /// The last byte, nil where there is none.
    public var lastByte: UInt8? { bytes.last }

    /// Appends one byte of a character's UTF-8 form; those after the first take no column.
    public mutating func appendUTF8Unit(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Puts a backslash before each byte from `start` on that `isSpecial`; there are `extra` of them.
    mutating func openGap(from start: Int, extra: Int, before isSpecial: (UInt8) -> Bool) {
        var source = bytes.count
        for _ in 0..<extra { bytes.append(0) }
        var target = bytes.count
        while source > start {
            source -= 1
            target -= 1
            bytes[target] = bytes[source]
            if isSpecial(bytes[source]) {
                target -= 1
                bytes[target] = UInt8(ascii: "\\")
            }
        }
    }

    public mutating func append(hexadecimal value: some FixedWidthInteger & UnsignedInteger, digits: Int = 1) {
        NumberText.appendHexadecimal(UInt64(value), digits: digits, to: &bytes)
    }

    public mutating func append(_ address: IPAddress) { address.appendText(to: &bytes) }
    public mutating func append(_ address: MACAddress) { address.appendText(to: &bytes) }
    public mutating func append(_ endpoint: Endpoint) { endpoint.appendText(to: &bytes) }

    /// An escape sequence or other bytes that take no column.
    public mutating func append(invisible text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Forgets what stands from `count` on.
    mutating func truncate(to count: Int) { bytes.removeLast(max(0, bytes.count - count)) }

    /// Bytes that are safe already.
    public mutating func append(octets: ArraySlice<UInt8>) { bytes.append(contentsOf: octets) }

    /// Columns that the present line takes so far: its characters, without escape sequences. O(line).
    public var column: Int { bytes.span.extracting(lineStart..<bytes.count).columnCount }

    /// Appends what `fill` puts into a line of at most `capacity` bytes. The reserved memory is filled in place, which
    /// costs less than byte by byte; what does not fit is left out.
    @inline(__always)
    mutating func append(upTo capacity: Int, _ fill: (inout OutputSpan<UInt8>) -> Void) {
        bytes.append(addingCapacity: capacity, initializingWith: fill)
    }

    /// Appends spaces up to `column`, and at least one where the line is not empty and already reaches it.
    public mutating func pad(toColumn target: Int) {
        let missing = max(target - column, column > 0 ? 1 : 0)
        for _ in 0..<missing { bytes.append(UInt8(ascii: " ")) }
    }

    /// Appends spaces; none where `count` is negative.
    mutating func append(spaces count: Int) {
        bytes.append(addingCapacity: max(0, count)) { line in
            for _ in 0..<max(0, count) { line.put(UInt8(ascii: " ")) }
        }
    }

    /// Puts spaces before what stands from `start` on; none where `count` is negative. O(what stands there).
    mutating func insert(spaces count: Int, at start: Int) {
        guard count > 0 else { return }
        var source = bytes.count
        append(spaces: count)
        var room = bytes.mutableSpan
        while source > start {
            source -= 1
            room[source + count] = room[source]
            room[source] = UInt8(ascii: " ")
        }
    }

    /// Columns of what stands from `start` on, of the present line.
    func columnCount(from start: Int) -> Int { bytes.span.extracting(start..<bytes.count).columnCount }

    /// Ends the line.
    public mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        lineStart = bytes.count
    }
}
