extension OutputBuffer {
    /// Appends octets of unknown origin as text that is safe on a terminal, and from which the octets can be told.
    ///
    /// Valid UTF-8 that is printable stands as it is. The rest is escaped: `\n`, `\r`, `\t` and `\0` by these names, a backslash
    /// doubled, any other control character of C0 and DEL, and each octet that is not UTF-8, as `\xNN`; control characters of
    /// C1, line and paragraph separators, and the characters that turn the direction of writing or take no room, as
    /// `\u{NNNN}`.
    public mutating func append(escaping octets: some Collection<UInt8>) {
        var position = octets.startIndex
        while position != octets.endIndex {
            let first = octets[position]
            if first < 0x80 {
                append(escapingASCII: first)
                octets.formIndex(after: &position)
                continue
            }
            guard let (scalar, length) = Self.decodeScalar(octets, at: position) else {
                append(hexadecimalEscape: first)
                octets.formIndex(after: &position)
                continue
            }
            if Self.isHidden(scalar) {
                append("\\u{")
                append(hexadecimal: scalar, digits: 4)
                append(UInt8(ascii: "}"))
                octets.formIndex(&position, offsetBy: length)
            } else {
                for _ in 0..<length {
                    appendUTF8Unit(octets[position])
                    octets.formIndex(after: &position)
                }
            }
        }
    }

    /// Appends text of unknown origin, such as a host's name, in the same way.
    public mutating func append(escaping text: String) { append(escaping: text.utf8) }

    private mutating func append(escapingASCII octet: UInt8) {
        switch octet {
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\r"): append("\\r")
        case UInt8(ascii: "\t"): append("\\t")
        case 0: append("\\0")
        case 1..<0x20, 0x7F: append(hexadecimalEscape: octet)
        default: append(octet)
        }
    }

    private mutating func append(hexadecimalEscape octet: UInt8) {
        append("\\x")
        append(hexadecimal: octet, digits: 2)
    }

    /// The scalar whose UTF-8 form starts at `position`, and its length; nil where it is not well formed (RFC 3629 §4).
    static func decodeScalar<Octets: Collection<UInt8>>(
        _ octets: Octets, at position: Octets.Index
    ) -> (scalar: UInt32, length: Int)? {
        let first = octets[position]
        let length: Int
        var scalar: UInt32
        let smallest: UInt32
        switch first {
        case 0x00...0x7F: return (UInt32(first), 1)
        case 0xC2...0xDF: (length, scalar, smallest) = (2, UInt32(first & 0x1F), 0x80)
        case 0xE0...0xEF: (length, scalar, smallest) = (3, UInt32(first & 0x0F), 0x800)
        case 0xF0...0xF4: (length, scalar, smallest) = (4, UInt32(first & 0x07), 0x1_0000)
        default: return nil
        }
        var next = octets.index(after: position)
        for _ in 1..<length {
            guard next != octets.endIndex, octets[next] & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(octets[next] & 0x3F)
            octets.formIndex(after: &next)
        }
        guard scalar >= smallest, scalar <= 0x10_FFFF, !(0xD800...0xDFFF).contains(scalar) else { return nil }
        return (scalar, length)
    }

    /// Whether a scalar beyond ASCII would act on the terminal or hide in the text.
    static func isHidden(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x80...0x9F: true  // C1 controls, among them CSI and OSC
        case 0xAD: true  // soft hyphen
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // direction of writing
        case 0x200B...0x200D, 0x2060...0x2065, 0x206A...0x206F, 0x180E, 0xFEFF: true  // of no width
        case 0x2028, 0x2029: true  // line and paragraph separators
        case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true  // annotation and tag characters
        default: false
        }
    }
}
