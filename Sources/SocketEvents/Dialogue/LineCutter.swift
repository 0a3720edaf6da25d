/// Cuts a stream into lines, and holds no more of it than one line's limit: a longer line is handed on in parts. It does no
/// I/O.
///
/// Lines end with a line feed alone; a carriage return before it is part of the line, as the sender wrote it.
///
/// Invariant: `pending` never holds more than `limit` octets, and none once a line has ended.
public struct LineCutter: Sendable {
    /// Octets that a line may hold before it is handed on in parts.
    public let limit: Int
    private var pending: [UInt8] = []
    /// The lines that have ended.
    private var ended = 0
    /// The parts of the present line that were handed on.
    private var parts = 0

    public init(limit: Int) { self.limit = max(1, limit) }

    /// Whether octets wait for their line's end.
    public var holdsPart: Bool { !pending.isEmpty }

    /// Takes octets, and lends the lines and parts that they complete. O(octets).
    public mutating func take(_ octets: ArraySlice<UInt8>, _ body: (StreamLine) -> Void) {
        var rest = octets
        while !rest.isEmpty {
            let lineFeed = rest.firstIndex(of: UInt8(ascii: "\n"))
            var run = rest[..<(lineFeed ?? rest.endIndex)]
            // A line of just `limit` octets is whole: a part is handed on when one more comes.
            while pending.count + run.count > limit {
                let head = run.prefix(limit - pending.count)
                run = run[head.endIndex...]
                body(next(endingWith: head, .part))
            }
            if let lineFeed {
                body(next(endingWith: run, .terminated))
                rest = rest[(lineFeed + 1)...]
            } else {
                pending.append(contentsOf: run)
                return
            }
        }
    }

    /// The stream has ended: what waited for a line feed, nil where nothing did.
    public mutating func finish() -> StreamLine? {
        holdsPart ? next(endingWith: [], .unterminated) : nil
    }

    private enum End {
        case terminated
        /// The stream ended before the line did.
        case unterminated
        /// The line goes on in another part.
        case part
    }

    private mutating func next(endingWith tail: ArraySlice<UInt8>, _ end: End) -> StreamLine {
        let octets = pending.isEmpty ? Array(tail) : pending + tail
        // The memory goes too: a server holds thousands of these, and few wait for the end of a long line.
        pending = []
        if end == .part || parts > 0 { parts += 1 }
        let line = StreamLine(
            number: ended + 1, part: parts > 0 ? parts : nil, octets: octets, isTerminated: end == .terminated)
        if end == .terminated {
            ended += 1
            parts = 0
        }
        return line
    }
}
