extension OutputBuffer {
    /// Appends text of any origin as XML 1.0 character data or as an attribute's value: markup as references, what XML or
    /// a terminal forbids as `append(escaping:)` shows it.
    mutating func append(xml text: String) { append(xml: text.utf8) }

    /// The same for octets that should be UTF-8.
    mutating func append(xml octets: some Collection<UInt8>) {
        var safe = OutputBuffer(capacity: 64)
        safe.append(escaping: octets)
        var position = safe.bytes.startIndex
        while position < safe.bytes.endIndex {
            let byte = safe.bytes[position]
            switch byte {
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            case UInt8(ascii: "\""): append("&quot;")
            case UInt8(ascii: "'"): append("&#39;")
            // U+FFFE and U+FFFF are no characters of XML's (XML 1.0 §2.2); in UTF-8 they are EF BF BE and EF BF BF.
            case 0xEF where safe.bytes[position...].starts(with: [0xEF, 0xBF, 0xBE]):
                append("\\u{fffe}")
                position += 2
            case 0xEF where safe.bytes[position...].starts(with: [0xEF, 0xBF, 0xBF]):
                append("\\u{ffff}")
                position += 2
            default: append(byte)
            }
            position += 1
        }
    }
}
