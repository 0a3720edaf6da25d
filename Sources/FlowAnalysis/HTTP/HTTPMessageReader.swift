/// Reads the messages of one side of a connection (RFC 9112), as far as it takes to name them and to find the next one.
///
/// A state machine without I/O: it takes the octets in order, in pieces of any size, and what is missing between them, and
/// appends what follows. Any octets are valid input. It keeps at most one line, of `lineLimit` octets.
struct HTTPMessageReader {
    private enum State {
        /// Before or in a start line.
        case startLine
        case fields
        case body(left: UInt64)
        case chunkSize
        case chunk(left: UInt64)
        /// The line end behind a chunk's data.
        case chunkEnd
        case trailers
        case untilClose
        /// Nothing more is read.
        case silent
    }

    /// Octets that are kept of a line.
    static let lineLimit = 8192

    private var state = State.startLine
    /// The line so far, without its end.
    private var line: [UInt8] = []
    /// The line is longer than `lineLimit`, and cut.
    private var isLineCut = false
    private var start: (startLine: HTTPHead.StartLine, minorVersion: UInt8)?
    private var fields = HTTPFields()
    private var framing = HTTPFraming.none
    private var headLength: UInt64 = 0
    private var exchange: UInt64 = 0
    private var bodyLength: UInt64 = 0
    /// The message is the final response to its request, and no interim one (RFC 9110 §15.2).
    private var endsExchange = false
    /// Whether a message was seen: then the side speaks HTTP.
    private(set) var hasMessages = false

    /// Nothing more will come of this side.
    var isSilent: Bool { if case .silent = state { true } else { false } }

    /// Takes the next octets of the side.
    mutating func take(_ octets: Span<UInt8>, _ exchanges: inout HTTPExchanges, _ events: inout [HTTPEvent]) {
        if exchanges.isTunnel { state = .silent }
        var position = 0
        while position < octets.count {
            switch state {
            case .silent: return
            case .untilClose:
                bodyLength += UInt64(octets.count - position)
                return
            case .body(let left):
                let count = pass(left, octets.count - position)
                position += count
                passBody(left - UInt64(count), &exchanges, &events)
            case .chunk(let left):
                let count = pass(left, octets.count - position)
                position += count
                state = left > UInt64(count) ? .chunk(left: left - UInt64(count)) : .chunkEnd
            case .startLine, .fields, .chunkSize, .chunkEnd, .trailers:
                position = takeLine(octets, from: position, &exchanges, &events)
            }
        }
        // Whatever cannot become a start line is not waited for.
        if case .startLine = state, !hasMessages, !line.isEmpty, !HTTPStartLine.isPossible(line.span) {
            state = .silent
        }
    }

    /// Passes over octets of the side that are missing.
    mutating func skip(_ count: UInt64, _ exchanges: inout HTTPExchanges, _ events: inout [HTTPEvent]) {
        switch state {
        case .silent: return
        case .untilClose: bodyLength += count
        case .body(let left) where count <= left:
            bodyLength += count
            passBody(left - count, &exchanges, &events)
        case .chunk(let left) where count <= left:
            bodyLength += count
            state = left > count ? .chunk(left: left - count) : .chunkEnd
        default: fail(.octetsMissing, &events)
        }
    }

    /// Takes notice that the side has ended.
    mutating func end(_ exchanges: inout HTTPExchanges, _ events: inout [HTTPEvent]) {
        switch state {
        case .silent, .startLine, .fields: break
        case .untilClose: endMessage(isComplete: true, &exchanges, &events)
        case .body, .chunkSize, .chunk, .chunkEnd, .trailers: endMessage(isComplete: false, &exchanges, &events)
        }
        state = .silent
    }

    // MARK: Bodies

    /// How many of `available` octets belong to a body that has `left` to come; they are counted.
    private mutating func pass(_ left: UInt64, _ available: Int) -> Int {
        let count = Int(min(left, UInt64(available)))
        bodyLength += UInt64(count)
        return count
    }

    private mutating func passBody(_ left: UInt64, _ exchanges: inout HTTPExchanges, _ events: inout [HTTPEvent]) {
        if left > 0 {
            state = .body(left: left)
        } else {
            endMessage(isComplete: true, &exchanges, &events)
        }
    }

    private mutating func endMessage(
        isComplete: Bool, _ exchanges: inout HTTPExchanges, _ events: inout [HTTPEvent]
    ) {
        var isResponse = false
        if let start, case .response = start.startLine { isResponse = true }
        events.append(
            .end(
                HTTPEnd(
                    exchange: exchange, isResponse: isResponse, framing: framing, bodyLength: bodyLength,
                    isComplete: isComplete)))
        if endsExchange { exchanges.finish() }
        reset()
    }

    private mutating func reset() {
        state = .startLine
        start = nil
        fields = HTTPFields()
        headLength = 0
        bodyLength = 0
        endsExchange = false
    }

    private mutating func fail(_ fault: HTTPFault, _ events: inout [HTTPEvent]) {
        // A side that never spoke HTTP has no fault.
        if hasMessages || start != nil { events.append(.fault(fault)) }
        state = .silent
        line = []
    }

    // MARK: Lines

    /// Takes octets up to a line's end, and handles the line where it ends: CR LF, or LF alone (RFC 9112 §2.2). Returns the
    /// position behind.
    private mutating func takeLine(
        _ octets: Span<UInt8>, from start: Int, _ exchanges: inout HTTPExchanges, _ events: inout [HTTPEvent]
    ) -> Int {
        var position = start
        while position < octets.count {
            let octet = octets[position]
            position += 1
            if octet == UInt8(ascii: "\n") {
                countHead(position - start)
                if !isLineCut, line.last == UInt8(ascii: "\r") { line.removeLast() }
                handleLine(&exchanges, &events)
                line.removeAll(keepingCapacity: line.capacity <= 1024)
                isLineCut = false
                return position
            }
            if line.count < Self.lineLimit { line.append(octet) } else { isLineCut = true }
        }
        countHead(position - start)
        return position
    }

    private mutating func countHead(_ count: Int) {
        switch state {
        case .startLine, .fields: headLength += UInt64(count)
        default: break
        }
    }

    private mutating func handleLine(_ exchanges: inout HTTPExchanges, _ events: inout [HTTPEvent]) {
        switch state {
        case .startLine:
            // Empty lines before a start line are passed over (RFC 9112 §2.2).
            if line.isEmpty {
                headLength = 0
                return
            }
            guard !isLineCut else { return fail(.lineTooLong, &events) }
            guard let parsed = HTTPStartLine.parse(line) else { return fail(.startLine, &events) }
            start = parsed
            state = .fields
        case .fields:
            if line.isEmpty { return endHead(&exchanges, &events) }
            if isLineCut {
                if HTTPFields.isFraming(line) { fail(.lineTooLong, &events) }
            } else {
                fields.take(line)
            }
        case .chunkSize:
            guard !isLineCut, let size = Self.chunkSize(line) else { return fail(.chunk, &events) }
            state = size > 0 ? .chunk(left: size) : .trailers
        case .chunkEnd:
            guard line.isEmpty else { return fail(.chunk, &events) }
            state = .chunkSize
        case .trailers:
            if line.isEmpty { endMessage(isComplete: true, &exchanges, &events) }
        case .body, .chunk, .untilClose, .silent: break
        }
    }

    /// Hexadecimal digits, and what may stand behind a semicolon (RFC 9112 §7.1).
    private static func chunkSize(_ line: [UInt8]) -> UInt64? {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        guard (1...16).contains(digits.count) else { return nil }
        var size: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): size = size << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): size = size << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): size = size << 4 | UInt64(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return size
    }

    // MARK: Heads

    private mutating func endHead(_ exchanges: inout HTTPExchanges, _ events: inout [HTTPEvent]) {
        guard let (startLine, minorVersion) = start else { return }
        if fields.hasBadContentLength, !fields.hasTransferEncoding { return fail(.contentLength, &events) }
        var isPipelined = false
        switch startLine {
        case .request(let method, _, _):
            // Without a last coding that is chunked nobody can tell where the request ends.
            if fields.hasTransferEncoding, !fields.isChunked { return fail(.transferEncoding, &events) }
            let kind = Self.kind(method)
            (exchange, isPipelined) = exchanges.begin(kind)
            framing = fields.hasTransferEncoding ? .chunked : fields.contentLength.map { .length($0) } ?? .none
        case .response(let status):
            let (number, method) = exchanges.answered
            exchange = number
            framing = responseFraming(status, to: method)
            endsExchange = status >= 200 || status == 101
            if framing == .tunnel { exchanges.isTunnel = true }
        }
        hasMessages = true
        events.append(
            .head(
                HTTPHead(
                    startLine: startLine, minorVersion: minorVersion, framing: framing, exchange: exchange,
                    headLength: headLength, isPipelined: isPipelined)))
        switch framing {
        case .none, .length(0): endMessage(isComplete: true, &exchanges, &events)
        case .length(let length): state = .body(left: length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        case .tunnel: state = .silent
        }
    }

    /// RFC 9112 §6.3, in its order.
    private func responseFraming(_ status: UInt16, to method: HTTPExchanges.Method) -> HTTPFraming {
        if status == 101 || method == .connect && (200..<300).contains(status) { return .tunnel }
        if method == .head || status < 200 || status == 204 || status == 304 { return .none }
        if fields.hasTransferEncoding { return fields.isChunked ? .chunked : .untilClose }
        return fields.contentLength.map { .length($0) } ?? .untilClose
    }

    private static func kind(_ method: [UInt8]) -> HTTPExchanges.Method {
        if method.elementsEqual("HEAD".utf8) { return .head }
        return method.elementsEqual("CONNECT".utf8) ? .connect : .other
    }
}
