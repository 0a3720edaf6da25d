extension OutputBuffer {
    /// Appends text that is safe on a terminal already, as `append(escaping:)` makes it, as XML 1.0 character data or as an
    /// attribute's value: markup stands as references.
    mutating func append(xml safe: some Collection<UInt8>) {
        // U+FFFE and U+FFFF are no characters of XML's (XML 1.0 §2.2). In UTF-8 they are EF BF BE and EF BF BF.
        var before: (UInt8, UInt8) = (0, 0)
        for byte in safe {
            switch byte {
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            case UInt8(ascii: "\""): append("&quot;")
            case UInt8(ascii: "'"): append("&#39;")
            case 0xBE where before == (0xEF, 0xBF), 0xBF where before == (0xEF, 0xBF):
                truncate(to: count - 2)
                append(byte == 0xBE ? "\\u{fffe}" : "\\u{ffff}")
            default: append(byte)
            }
            before = (before.1, byte)
        }
    }
}
