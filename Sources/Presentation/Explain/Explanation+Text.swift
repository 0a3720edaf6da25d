internal import PacketDecode

extension OutputBuffer {
    /// The most octets of a payload that are shown.
    private static let dumpLimit = 512
    /// Octets in a field's row, and the columns of octets, name and value.
    private static let octetsInRow = 4
    private static let octetsColumn = 10
    private static let nameColumn = 23
    private static let valueColumn = 52

    /// Appends an explanation as text: a section for each layer, and in it a row for each field, with the offsets and the
    /// octets that it takes. What passes `columns` is folded.
    public mutating func append(_ explanation: Explanation, columns: Int, isColoured: Bool) {
        for (index, section) in explanation.sections.enumerated() {
            if index > 0 { endLine() }
            append(section, isColoured: isColoured)
            if section.title == Explanation.payloadTitle {
                dump(explanation.bytes, section.range, depth: section.depth)
            } else if section.fields.contains(where: { !$0.range.isEmpty }) {
                for field in section.fields { append(field, explanation.bytes, section.depth, columns) }
            } else {
                for field in section.fields { append(derived: field, section.depth, columns) }
            }
        }
    }

    private mutating func append(_ section: ExplainedSection, isColoured: Bool) {
        if isColoured { append("\u{1B}[1m") }
        pad(toColumn: section.depth * 2)
        if section.depth > 0 { append("quoted: ") }
        append(section.title)
        if isColoured { append(Colour.end) }
        if !section.range.isEmpty {
            append(", octets ")
            append(section.range)
        }
        if section.title == Explanation.payloadTitle, let field = section.fields.first {
            append(": ")
            append(field.value)
            if !field.meaning.isEmpty {
                append(", ")
                append(field.meaning)
            }
        }
        if !section.reference.isEmpty {
            append(" (")
            append(section.reference)
            append(")")
        }
        endLine()
    }

    private mutating func append(_ field: ExplainedField, _ bytes: [UInt8], _ depth: Int, _ columns: Int) {
        let start = count
        let indent = depth * 2
        pad(toColumn: indent + 2)
        if !field.range.isEmpty { append(field.range) }
        pad(toColumn: indent + Self.octetsColumn)
        let octets = bytes[field.range.clamped(to: bytes.count).indices]
        appendHexadecimal(octets.prefix(Self.octetsInRow))
        pad(toColumn: indent + Self.nameColumn)
        append(field.name)
        pad(toColumn: indent + Self.valueColumn)
        append(escaping: field.value)
        if !field.bits.isEmpty {
            append(field.value.isEmpty ? "" : "  ")
            append(field.bits)
        }
        if !field.meaning.isEmpty {
            append(field.value.isEmpty ? "" : "  ")
            append(escaping: field.meaning)
        }
        endLine()
        foldLine(from: start, columns: columns, indent: indent + Self.valueColumn)
        // Longer fields go on in rows of their own, below the first.
        var rest = octets.dropFirst(Self.octetsInRow)
        while !rest.isEmpty {
            pad(toColumn: indent + Self.octetsColumn)
            appendHexadecimal(rest.prefix(Self.octetsInRow))
            endLine()
            rest = rest.dropFirst(Self.octetsInRow)
        }
    }

    /// A field that has no octets of its own.
    private mutating func append(derived field: ExplainedField, _ depth: Int, _ columns: Int) {
        let start = count
        let indent = depth * 2 + Self.valueColumn - Self.nameColumn
        pad(toColumn: depth * 2 + 2)
        append(field.name)
        pad(toColumn: indent)
        append(escaping: field.value)
        if !field.meaning.isEmpty {
            append("  ")
            append(escaping: field.meaning)
        }
        endLine()
        foldLine(from: start, columns: columns, indent: indent)
    }

    /// `14` for one octet, `14-17` for more.
    private mutating func append(_ range: ByteRange) {
        append(range.lowerBound)
        if range.count > 1 {
            append("-")
            append(range.upperBound - 1)
        }
    }

    private mutating func appendHexadecimal(_ octets: ArraySlice<UInt8>) {
        var isFirst = true
        for octet in octets {
            if !isFirst { append(" ") }
            isFirst = false
            append(hexadecimal: octet, digits: 2)
        }
    }

    /// Sixteen octets a row: offset, hexadecimal, and ASCII with a dot for what is not printable.
    private mutating func dump(_ bytes: [UInt8], _ range: ByteRange, depth: Int) {
        let shown = range.clamped(to: min(bytes.count, range.start + Self.dumpLimit))
        var row = shown.start
        while row < shown.end {
            let octets = bytes[row..<min(row + 16, shown.end)]
            pad(toColumn: depth * 2 + 2)
            append(row)
            pad(toColumn: depth * 2 + Self.octetsColumn)
            appendHexadecimal(octets)
            pad(toColumn: depth * 2 + Self.octetsColumn + 49)
            for octet in octets { append(0x20...0x7E ~= octet ? octet : UInt8(ascii: ".")) }
            endLine()
            row += 16
        }
        if range.count > shown.count {
            pad(toColumn: depth * 2 + 2)
            append("… ")
            append(range.count - shown.count)
            append(" octets more")
            endLine()
        }
    }
}
