internal import PacketDecode

extension OutputBuffer {
    /// Appends an explanation as one JSON object on a line of its own, with the frame's octets in hexadecimal.
    public mutating func appendJSON(_ explanation: Explanation) {
        beginObject()
        key("event")
        value("explanation")
        key("bytes")
        append(UInt8(ascii: "\""))
        for octet in explanation.bytes { append(hexadecimal: octet, digits: 2) }
        append(UInt8(ascii: "\""))
        key("sections")
        beginArray()
        for section in explanation.sections {
            beginObject()
            key("title")
            value(section.title)
            key("reference")
            value(section.reference)
            key("depth")
            value(section.depth)
            range(section.range)
            key("fields")
            beginArray()
            for field in section.fields {
                beginObject()
                key("name")
                value(field.name)
                range(field.range)
                key("bits")
                value(field.bits)
                key("value")
                value(field.value)
                key("meaning")
                value(field.meaning)
                endObject()
            }
            endArray()
            endObject()
        }
        endArray()
        endObject()
        endLine()
    }

    private mutating func range(_ range: ByteRange) {
        guard !range.isEmpty else { return }
        key("range")
        beginObject()
        key("lowerBound")
        value(range.lowerBound)
        key("upperBound")
        value(range.upperBound)
        endObject()
    }
}
