public import PacketDecode

/// One field of a header: which octets it takes, what they hold, and what that means.
public struct ExplainedField: Sendable, Hashable {
    /// The field's octets in the frame; empty where the field is none of the frame's own but was worked out.
    public let range: ByteRange
    /// Where a field is part of its octets: the bits of these from the left, `.` for those of others. Empty for whole octets.
    public let bits: String
    /// What the RFC calls it.
    public let name: String
    /// Its value, as text.
    public let value: String
    /// What the value means here; empty where the name says it all.
    public let meaning: String

    public init(_ name: String, at range: ByteRange = .empty, bits: String = "", value: String, meaning: String = "") {
        self.name = name
        self.range = range
        self.bits = bits
        self.value = value
        self.meaning = meaning
    }

    init(_ name: String, _ start: Int, _ count: Int, bits: String = "", _ value: String, _ meaning: String = "") {
        self.init(
            name, at: ByteRange(from: start, to: start + count), bits: bits, value: value, meaning: meaning)
    }

    init(_ name: String, _ start: Int, _ count: Int, _ value: some FixedWidthInteger, _ meaning: String = "") {
        self.init(name, start, count, String(value), meaning)
    }
}

/// One layer of a frame, or what is said of the frame as a whole.
public struct ExplainedSection: Sendable, Hashable {
    /// The layer's name: "TCP header".
    public let title: String
    /// Where it is laid down: "RFC 9293 §3.1"; empty where nowhere.
    public let reference: String
    /// Its octets in the frame; empty where it has none of its own.
    public let range: ByteRange
    /// How many packets it stands inside of: 1 in a packet that an ICMP error quotes.
    public var depth = 0
    public internal(set) var fields: [ExplainedField]

    init(_ title: String, _ reference: String, at range: ByteRange = .empty, _ fields: [ExplainedField]) {
        self.title = title
        self.reference = reference
        self.range = range
        self.fields = fields
    }

    /// Adds a field for the octets behind the last one, where the section has such: padding, or what is not typed here.
    func withRest(named name: String) -> ExplainedSection {
        let end = fields.map(\.range.end).max() ?? range.start
        guard end < range.end else { return self }
        var section = self
        section.fields.append(
            ExplainedField(name, end, range.end - end, octetsText(range.end - end)))
        return section
    }
}

/// `count` bits of `octets` octets from bit `first` on, counted from the left: "0100 ...." for the high half of 0x45.
func bitText(_ value: UInt64, octets: Int, first: Int, count: Int) -> String {
    var text = ""
    let width = octets * 8
    for bit in 0..<width {
        if bit > 0, bit % 4 == 0 { text += " " }
        if bit >= first, bit < first + count {
            text += value >> UInt64(width - 1 - bit) & 1 == 1 ? "1" : "0"
        } else {
            text += "."
        }
    }
    return text
}

/// Hexadecimal with `0x` in front.
func hexText(_ value: some FixedWidthInteger & UnsignedInteger, digits: Int) -> String {
    let text = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// "1 octet", "2 octets".
func octetsText(_ count: some BinaryInteger) -> String { count == 1 ? "1 octet" : "\(count) octets" }
