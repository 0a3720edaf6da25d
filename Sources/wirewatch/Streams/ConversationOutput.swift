import FlowAnalysis
import Glibc
import PacketDecode
import Presentation

/// Where what was said on a followed flow goes: to standard output, and one side's octets to a file.
struct ConversationOutput: ~Copyable {
    enum Format { case text, json, none }

    /// The reader of standard output went away: it has seen enough.
    struct ReaderGone: Error {}

    private static let blockSize = 65536

    private let flow: UInt64
    private let format: Format
    private let rawDirection: FlowDirection?
    private let rawDescriptor: Int32
    private let rawName: String
    private var text: ConversationText?
    private var buffer = OutputBuffer(capacity: blockSize + 8192)

    /// - Throws: `FailureReport` where the file for raw octets cannot be made.
    init(flow: UInt64, format: Format, rawPath: String?, rawDirection: FlowDirection?) throws(FailureReport) {
        self.flow = flow
        self.format = format
        self.rawDirection = rawDirection
        rawName = rawPath == "-" ? "standard output" : rawPath ?? ""
        switch rawPath {
        case nil: rawDescriptor = -1
        case "-"?: rawDescriptor = STDOUT_FILENO
        case let path?:
            rawDescriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
            guard rawDescriptor >= 0 else {
                throw FailureReport(what: "cannot write \(path)", reason: StandardError.words(for: errno))
            }
        }
    }

    deinit {
        if rawDescriptor > STDERR_FILENO { Glibc.close(rawDescriptor) }
    }

    /// Takes notice of a frame of the capture: times count from the first one.
    mutating func noteFrame(_ info: FrameInfo) {
        if text == nil {
            text = ConversationText(since: info.timestamp, isColoured: Terminal.isColoured(STDOUT_FILENO))
        }
    }

    /// Takes something that was said.
    ///
    /// - Throws: `ReaderGone`, or `FailureReport` where a write failed.
    mutating func take(_ event: FollowedEvent, _ octets: Span<UInt8>) throws {
        switch format {
        case .text: text?.append(event, octets, to: &buffer)
        case .json: buffer.appendJSON(event, octets, flow: flow)
        case .none: break
        }
        if event.direction == rawDirection, !octets.isEmpty {
            try write(octets.indices.map { octets[$0] }, to: rawDescriptor, rawName)
        }
        if buffer.count >= Self.blockSize { try flush() }
    }

    /// Takes what HTTP said with a frame.
    mutating func take(_ said: HTTPEvent, _ direction: FlowDirection, _ frame: FrameInfo) throws {
        switch format {
        case .text: text?.append(said, direction, frame, to: &buffer)
        case .json: buffer.appendJSON(said, direction, frame, flow: flow)
        case .none: break
        }
        if buffer.count >= Self.blockSize { try flush() }
    }

    /// Hands what waits to the system.
    mutating func flush() throws {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll() }
        try write(buffer.bytes, to: STDOUT_FILENO, "standard output")
    }

    /// Ends the output, with the totals.
    mutating func close(_ totals: ConversationTotals) throws {
        text?.flush(to: &buffer)
        if format == .json { buffer.appendJSON(totals) }
        try flush()
        StandardError.write(totals.line)
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32, _ name: String) throws {
        switch StandardOutput.write(bytes, to: descriptor) {
        case 0: return
        case EPIPE where descriptor == STDOUT_FILENO: throw ReaderGone()
        case let failure:
            throw FailureReport(what: "cannot write to \(name)", reason: StandardError.words(for: failure))
        }
    }
}
