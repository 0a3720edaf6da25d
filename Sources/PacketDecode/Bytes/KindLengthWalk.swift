/// A walk over options as IPv4 (RFC 791 §3.1) and TCP (RFC 9293 §3.2) have them: kind 0 ends the list and kind 1 pads,
/// an octet each; every other kind is followed by a length that counts kind, length and data.
///
/// It ends behind kind 0, at a malformed option, or where the octets end.
struct KindLengthWalk: Sendable, BitwiseCopyable {
    private var offset: Int
    private var end: Int

    init(range: ByteRange) {
        offset = range.start
        end = range.end
    }

    /// One option: its kind, all its octets, and its data.
    struct Step {
        let kind: UInt8
        let range: ByteRange
        let data: ByteRange
        let form: Form
    }

    enum Form: Equatable {
        case endOfList
        case noOperation
        case option
        /// Its length is below two or beyond the end, or nil where the octets end behind the kind.
        case malformed(length: UInt8?)
    }

    /// The next option, or nil at the end. `bytes` is the frame that the range came from.
    mutating func next(in bytes: Span<UInt8>) -> Step? {
        let limit = min(end, bytes.count)
        guard offset < limit else { return nil }
        let start = offset
        let kind = bytes[start]
        func step(_ form: Form, to stepEnd: Int) -> Step {
            Step(
                kind: kind, range: ByteRange(from: start, to: stepEnd),
                data: ByteRange(from: min(start + 2, stepEnd), to: stepEnd), form: form)
        }
        guard kind > 1 else {
            offset = start + 1
            if kind == 0 { end = offset }
            return step(kind == 0 ? .endOfList : .noOperation, to: start + 1)
        }
        let length = start + 1 < limit ? bytes[start + 1] : nil
        guard let length, length >= 2, start + Int(length) <= limit else {
            end = start
            return step(.malformed(length: length), to: limit)
        }
        offset = start + Int(length)
        return step(.option, to: offset)
    }
}
