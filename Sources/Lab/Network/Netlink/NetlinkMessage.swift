/// A request to rtnetlink(7) in the making: a header, a fixed part, and attributes, all in host byte order unless an
/// attribute's own rule says otherwise, each aligned to four octets.
struct NetlinkMessage {
    private(set) var bytes: [UInt8]
    /// What is asked for, for an error's text.
    let operation: String

    /// Octets of `struct nlmsghdr`.
    static let headerLength = 16

    init(_ operation: String, type: UInt16, flags: UInt16) {
        self.operation = operation
        bytes = []
        append(UInt32(0))  // the length, filled in by `finished`
        append(type)
        append(flags)
        append(UInt32(0))  // the sequence number, filled in by the socket
        append(UInt32(0))  // the sender's port: the kernel knows
    }

    mutating func append(_ value: some FixedWidthInteger) { bytes.append(contentsOf: Self.octets(of: value)) }

    mutating func append(octets: some Sequence<UInt8>) { bytes.append(contentsOf: octets) }

    /// An attribute with `octets` as its value.
    mutating func attribute(_ type: some BinaryInteger, _ octets: some Collection<UInt8>) {
        append(UInt16(4 + octets.count))
        append(UInt16(type))
        append(octets: octets)
        align()
    }

    mutating func attribute(_ type: some BinaryInteger, number: some FixedWidthInteger) {
        append(UInt16(4 + MemoryLayout.size(ofValue: number)))
        append(UInt16(type))
        append(number)
        align()
    }

    /// A text attribute, with the NUL that the kernel expects.
    mutating func attribute(_ type: some BinaryInteger, text: String) {
        attribute(type, Array(text.utf8) + [0])
    }

    /// An attribute whose value is what `fill` appends.
    mutating func nested(_ type: some BinaryInteger, _ fill: (inout NetlinkMessage) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        append(UInt16(type))
        fill(&self)
        patch(UInt16(bytes.count - start), at: start)
    }

    /// The message with its length and sequence number.
    func finished(sequenceNumber: UInt32) -> [UInt8] {
        var message = self
        message.patch(UInt32(bytes.count), at: 0)
        message.patch(sequenceNumber, at: 8)
        return message.bytes
    }

    private mutating func align() {
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    private mutating func patch(_ value: some FixedWidthInteger, at offset: Int) {
        let octets = Self.octets(of: value)
        bytes.replaceSubrange(offset..<offset + octets.count, with: octets)
    }

    /// The octets of a number in host byte order.
    private static func octets<Number: FixedWidthInteger>(of value: Number) -> [UInt8] {
        let isBigEndianHost = UInt16(1).bigEndian == 1
        let size = MemoryLayout<Number>.size
        return (0..<size).map { index in
            let position = isBigEndianHost ? size - 1 - index : index
            return UInt8(truncatingIfNeeded: value >> Number(position * 8))
        }
    }
}
