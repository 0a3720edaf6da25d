/// Cuts what a program writes into lines. It does no I/O.
///
/// A line ends with a line feed, a carriage return, or both: programs that draw their progress over and over end each
/// drawing with a carriage return alone.
struct LineSplitter {
    /// A line longer than this is handed on in parts.
    static let longestLine = 4096

    private var pending: [UInt8] = []
    /// Whether the last octet was a carriage return: a line feed that follows belongs to it.
    private var endedWithReturn = false

    /// Takes octets and lends the lines that they complete.
    mutating func take(_ octets: some Sequence<UInt8>, _ body: ([UInt8]) -> Void) {
        for octet in octets {
            let followsReturn = endedWithReturn
            endedWithReturn = octet == UInt8(ascii: "\r")
            if followsReturn, octet == UInt8(ascii: "\n") { continue }
            if octet == UInt8(ascii: "\n") || octet == UInt8(ascii: "\r") {
                body(pending)
                pending.removeAll(keepingCapacity: true)
            } else {
                pending.append(octet)
                if pending.count == Self.longestLine { finish(body) }
            }
        }
    }

    /// Lends what stands without a line's end, where there is something.
    mutating func finish(_ body: ([UInt8]) -> Void) {
        guard !pending.isEmpty else { return }
        body(pending)
        pending.removeAll(keepingCapacity: true)
    }
}
