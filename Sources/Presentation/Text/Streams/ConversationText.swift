public import FlowAnalysis
public import PacketDecode

/// What was said on a followed flow, as text: a line for each line of text, with the frame and the time at which it began,
/// and a mark for the side that said it.
///
/// It is a state: a line that one side has begun is held until it ends, the other side speaks, or it is long.
public struct ConversationText: Sendable {
    /// Octets of a line; what is longer goes on in the next one.
    static let lineLimit = 1024

    public let isColoured: Bool
    private let firstTime: Timestamp
    private var line: [UInt8] = []
    private var lineDirection = FlowDirection.fromInitiator
    private var lineFrame: FrameInfo?

    /// - Parameter firstTime: what times count from: the capture's first frame.
    public init(since firstTime: Timestamp, isColoured: Bool) {
        self.firstTime = firstTime
        self.isColoured = isColoured
    }

    /// Appends what an event says.
    public mutating func append(_ event: FollowedEvent, _ octets: Span<UInt8>, to buffer: inout OutputBuffer) {
        switch event.kind {
        case .stream(.data): return append(octets, of: event, to: &buffer)
        default: flush(to: &buffer)
        }
        switch event.kind {
        case .start(let initiator, let responder, let `protocol`):
            appendHeading(initiator, responder, `protocol`, to: &buffer)
        case .datagram(let length):
            startLine(event.direction, event.frame, to: &buffer)
            buffer.append(escaping: octets.indices.map { octets[$0] })
            endLine(to: &buffer)
            if length == 0 { appendNote(event, .dim, to: &buffer) { $0.append("an empty datagram") } }
            if length > octets.count {
                appendNote(event, .yellow, to: &buffer) { buffer in
                    buffer.appendMissing(length - octets.count)
                    buffer.append("cut by the snapshot length")
                }
            }
        case .stream(let event0): appendNote(event0, event, to: &buffer)
        case .incompleteDatagram(let datagram):
            appendNote(event, .yellow, to: &buffer) { $0.append(incomplete: datagram) }
        case .fin: appendNote(event, .dim, to: &buffer) { $0.append("end: FIN") }
        case .reset: appendNote(event, .red, to: &buffer) { $0.append("end: RST") }
        case .noEnd: appendNote(event, .dim, to: &buffer) { $0.append("no end captured") }
        }
    }

    /// Appends what HTTP said, as a note; it stands before the text that says it.
    public mutating func append(
        _ said: HTTPEvent, _ direction: FlowDirection, _ frame: FrameInfo, to buffer: inout OutputBuffer
    ) {
        guard said.hasLine else { return }
        flush(to: &buffer)
        appendNote(direction, frame, .dim, to: &buffer) { $0.append(said) }
    }

    /// Appends the line that is begun and has not ended.
    public mutating func flush(to buffer: inout OutputBuffer) {
        guard !line.isEmpty else { return }
        show(line[...], to: &buffer)
        line.removeAll(keepingCapacity: true)
    }

    // MARK: Lines of text

    private mutating func append(_ octets: Span<UInt8>, of event: FollowedEvent, to buffer: inout OutputBuffer) {
        if event.direction != lineDirection { flush(to: &buffer) }
        lineDirection = event.direction
        for index in octets.indices {
            if line.isEmpty { lineFrame = event.frame }
            line.append(octets[index])
            if octets[index] == UInt8(ascii: "\n") {
                flush(to: &buffer)
            } else if line.count == Self.lineLimit {
                breakLine(event.frame, to: &buffer)
            }
        }
    }

    /// Shows a line that is long so far, up to the last character that is whole.
    private mutating func breakLine(_ frame: FrameInfo, to buffer: inout OutputBuffer) {
        var end = line.count
        // A character of UTF-8 that is cut here begins in the last three octets.
        if let start = line.indices.suffix(3).last(where: { line[$0] >= 0xC0 }) {
            let length = line[start] >= 0xF0 ? 4 : line[start] >= 0xE0 ? 3 : 2
            if start + length > line.count { end = start }
        }
        show(line[..<end], to: &buffer)
        line.removeFirst(end)
        lineFrame = frame
    }

    private func show(_ octets: ArraySlice<UInt8>, to buffer: inout OutputBuffer) {
        guard let lineFrame else { return }
        startLine(lineDirection, lineFrame, to: &buffer)
        buffer.append(escaping: octets)
        endLine(to: &buffer)
    }

    private func startLine(_ direction: FlowDirection, _ frame: FrameInfo, to buffer: inout OutputBuffer) {
        appendPlace(frame, to: &buffer)
        if isColoured { buffer.append(invisible: direction.colour.start) }
        buffer.append(direction.mark)
        buffer.append(UInt8(ascii: " "))
    }

    private func endLine(to buffer: inout OutputBuffer) {
        if isColoured { buffer.append(invisible: Colour.end) }
        buffer.endLine()
    }

    // MARK: What is said about them

    private func appendHeading(
        _ initiator: Endpoint, _ responder: Endpoint, _ protocol: IPProtocol, to buffer: inout OutputBuffer
    ) {
        for (direction, end, role) in [
            (FlowDirection.fromInitiator, initiator, ", the initiator"),
            (FlowDirection.fromResponder, responder, ", the responder"),
        ] {
            if isColoured { buffer.append(invisible: direction.colour.start) }
            buffer.append(direction.mark)
            buffer.append(`protocol` == .tcp ? " TCP " : " UDP ")
            buffer.append(end)
            buffer.append(role)
            endLine(to: &buffer)
        }
    }

    private func appendNote(
        _ event: FollowedEvent, _ colour: Colour, to buffer: inout OutputBuffer, _ fill: (inout OutputBuffer) -> Void
    ) {
        appendNote(event.direction, event.frame, colour, to: &buffer, fill)
    }

    private func appendNote(
        _ direction: FlowDirection, _ frame: FrameInfo, _ colour: Colour, to buffer: inout OutputBuffer,
        _ fill: (inout OutputBuffer) -> Void
    ) {
        appendPlace(frame, to: &buffer)
        if isColoured { buffer.append(invisible: direction.colour.start) }
        buffer.append(direction.mark)
        buffer.append(UInt8(ascii: " "))
        if isColoured { buffer.append(invisible: Colour.end + colour.start) }
        buffer.append(UInt8(ascii: "["))
        fill(&buffer)
        buffer.append(UInt8(ascii: "]"))
        endLine(to: &buffer)
    }

    private func appendNote(_ stream: StreamEvent, _ event: FollowedEvent, to buffer: inout OutputBuffer) {
        switch stream {
        case .data: break
        case .gap(let start, let end, let reason):
            appendNote(event, .yellow, to: &buffer) { buffer in
                buffer.appendMissing(end - start)
                buffer.append(reason.words)
            }
        case .conflict(let conflict):
            appendNote(event, .red, to: &buffer) { buffer in
                buffer.append(conflict.octetCount)
                let isOne = conflict.octetCount == 1
                buffer.append(isOne ? " octet from offset " : " octets from offset ")
                buffer.append(conflict.start - 1)
                buffer.append(isOne ? " came again and differs: the " : " on came again and differ: the ")
                buffer.append(conflict.kept == .first ? "first" : "last")
                buffer.append(isOne ? " is shown" : " are shown")
            }
        }
    }

    /// The frame's number and time, as `read` shows them.
    private func appendPlace(_ frame: FrameInfo, to buffer: inout OutputBuffer) {
        buffer.append(frame.number, width: 5)
        buffer.append(UInt8(ascii: " "))
        let time = firstTime.distance(to: frame.timestamp)
        let whole = time.magnitude / 1_000_000_000
        if time < 0 {
            buffer.append("-")
            buffer.append(whole)
        } else {
            buffer.append(whole, width: 3)
        }
        buffer.append(UInt8(ascii: "."))
        buffer.append(time.magnitude / 1000 % 1_000_000, zeroPaddedTo: 6)
        buffer.append(UInt8(ascii: " "))
    }
}

extension OutputBuffer {
    fileprivate mutating func appendMissing(_ count: some FixedWidthInteger) {
        append(count)
        append(count == 1 ? " octet missing: " : " octets missing: ")
    }

    fileprivate mutating func append(incomplete datagram: AbandonedDatagram) {
        append("a fragmented datagram never came together: ")
        append(datagram.reason.words)
        append("; ")
        append(fragments: datagram.frames)
    }
}

extension FlowDirection {
    fileprivate var mark: String { self == .fromInitiator ? "▶" : "◀" }
    fileprivate var colour: Colour { self == .fromInitiator ? .cyan : .magenta }
}

extension StreamEvent.GapReason {
    fileprivate var words: String {
        switch self {
        case .acknowledged: "acknowledged, but not captured"
        case .cut: "cut by the snapshot length"
        case .limit: "too much came behind them to wait any longer"
        case .endOfCapture: "the capture ended before they came"
        }
    }
}
