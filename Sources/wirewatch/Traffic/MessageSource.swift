import Glibc
import PacketDecode
import SocketEvents

/// The messages that a sender sends, in turn and in time: made ones, or lines from standard input.
struct MessageSource {
    private enum Content {
        case lines
        case repeated([UInt8])
        /// "message 1", "message 2", …
        case numbered
    }

    private let content: Content
    private var lines = LineReader(descriptor: STDIN_FILENO)
    /// Messages still to come; nil for as many as there are lines.
    private var remaining: Int?
    private var sent: Int64 = 0
    private let interval: Int64
    private let endsWithLineFeed: Bool
    private var firstTime: Timestamp?

    /// `endsWithLineFeed`: whether each message is a line of a stream; a datagram needs no mark of its end.
    init(_ options: MessageOptions, endsWithLineFeed: Bool) {
        self.endsWithLineFeed = endsWithLineFeed
        interval = options.intervalInNanoseconds
        if let size = options.size {
            content = .repeated(Self.filler(octets: size, endsWithLineFeed: endsWithLineFeed))
            remaining = options.count ?? 1
        } else if let message = options.message {
            content = .repeated(Array(message.utf8) + (endsWithLineFeed ? [UInt8(ascii: "\n")] : []))
            remaining = options.count ?? 1
        } else if let count = options.count {
            content = .numbered
            remaining = count
        } else {
            content = .lines
        }
    }

    /// The lines of standard input.
    init(linesEndingWithLineFeed endsWithLineFeed: Bool) {
        self.endsWithLineFeed = endsWithLineFeed
        interval = 0
        content = .lines
    }

    /// Waits for the next message, and for its time; nil when there are no more, or once `stop` is said.
    mutating func next(stop: StopSignal) -> [UInt8]? {
        if let remaining {
            guard remaining > 0 else { return nil }
            self.remaining = remaining - 1
        }
        guard let message = nextContent(stop: stop) else { return nil }
        guard waitForTime(stop: stop) else { return nil }
        sent += 1
        return message
    }

    private mutating func nextContent(stop: StopSignal) -> [UInt8]? {
        switch content {
        case .repeated(let message): return message
        case .numbered: return Array("message \(sent + 1)\(endsWithLineFeed ? "\n" : "")".utf8)
        case .lines:
            guard let piece = lines.next(stop: stop) else { return nil }
            if piece.isBeginning, Self.ends.contains(piece.octets) { return nil }
            return piece.octets + (endsWithLineFeed && piece.isTerminated ? [UInt8(ascii: "\n")] : [])
        }
    }

    /// Keeps to the schedule that the first message began, so that no delay adds up; false where `stop` was said.
    private mutating func waitForTime(stop: StopSignal) -> Bool {
        guard interval > 0 else { return true }
        let now = Timestamp.now
        guard let firstTime else {
            firstTime = now
            return true
        }
        let (offset, overflow) = interval.multipliedReportingOverflow(by: sent)
        guard !overflow else { return !stop.wait(nanoseconds: .max / 4) }
        return !stop.wait(nanoseconds: offset - firstTime.distance(to: now))
    }

    /// The lines that end the sender: `exit`, from a terminal or from a file with carriage returns.
    private static let ends = [Array("exit".utf8), Array("exit\r".utf8)]

    /// `octets` octets that show where one is in them: the digits over and over.
    static func filler(octets: Int, endsWithLineFeed: Bool) -> [UInt8] {
        var bytes = (0..<octets).map { UInt8(ascii: "0") + UInt8($0 % 10) }
        if endsWithLineFeed, octets > 0 { bytes[octets - 1] = UInt8(ascii: "\n") }
        return bytes
    }
}
