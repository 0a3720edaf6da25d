import Glibc
import SocketEvents

/// Reads lines from a descriptor and keeps no more than one line's limit in memory, however long the input's lines are.
struct LineReader {
    private let descriptor: Int32
    private let limit: Int
    private var buffer: [UInt8] = []
    /// How much of `buffer` was handed out.
    private var start = 0
    /// How much of `buffer` was searched for a line feed.
    private var searched = 0
    private var isAtEnd = false
    /// Whether the last piece did not end its line.
    private var isInsideLine = false

    /// A line, or a piece of one.
    struct Piece: Equatable {
        /// Without the line feed.
        var octets: [UInt8]
        /// Whether a line feed ended it: false for a line beyond the limit, handed out in pieces, and for a last line without.
        var isTerminated: Bool
        /// Whether the line began with this piece.
        var isBeginning: Bool
    }

    /// `limit`: octets after which a line is handed out in pieces.
    init(descriptor: Int32, limit: Int = 65536) {
        self.descriptor = descriptor
        self.limit = max(1, limit)
    }

    /// Waits for the next line; nil at the end of the input, where reading fails, or once `stop` is said.
    mutating func next(stop: StopSignal) -> Piece? {
        while true {
            while searched < buffer.count {
                if buffer[searched] == UInt8(ascii: "\n") { return take(upTo: searched, isTerminated: true) }
                searched += 1
                if searched - start >= limit { return take(upTo: searched, isTerminated: false) }
            }
            if isAtEnd { return start < buffer.count ? take(upTo: buffer.count, isTerminated: false) : nil }
            guard fill(stop: stop) else { return nil }
        }
    }

    private mutating func take(upTo end: Int, isTerminated: Bool) -> Piece {
        let piece = Piece(
            octets: Array(buffer[start..<end]), isTerminated: isTerminated, isBeginning: !isInsideLine)
        isInsideLine = !isTerminated
        start = isTerminated ? end + 1 : end
        searched = start
        return piece
    }

    /// Reads once more; false where `stop` was said.
    private mutating func fill(stop: StopSignal) -> Bool {
        buffer.removeFirst(start)
        searched -= start
        start = 0
        guard stop.waitForInput(on: descriptor) else { return false }
        let held = buffer.count
        let room = 65536
        buffer.append(contentsOf: repeatElement(0, count: room))
        var count = 0
        repeat {
            count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe read(descriptor, bytes.baseAddress?.advanced(by: held), room)
            }
        } while count < 0 && (errno == EINTR || errno == EAGAIN)
        buffer.removeLast(room - max(0, count))
        if count <= 0 { isAtEnd = true }
        return true
    }
}
