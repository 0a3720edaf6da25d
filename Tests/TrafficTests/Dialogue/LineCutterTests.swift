import SocketEvents
import Testing

@Suite("Cutting a stream into lines") struct LineCutterTests {
    private func cut(_ pieces: [String], limit: Int) -> [StreamLine] {
        var cutter = LineCutter(limit: limit)
        var lines: [StreamLine] = []
        for piece in pieces { cutter.take(Array(piece.utf8)[...]) { lines.append($0) } }
        if let rest = cutter.finish() { lines.append(rest) }
        return lines
    }

    private func line(_ number: Int, _ text: String, part: Int? = nil, isTerminated: Bool = true) -> StreamLine {
        StreamLine(number: number, part: part, octets: Array(text.utf8), isTerminated: isTerminated)
    }

    @Test("However the octets arrive, the lines are the same")
    func anyPieces() {
        let text = "one\n\ntwo\r\nthree, and more than the limit\nrest"
        let whole = cut([text], limit: 8)
        #expect(
            whole == [
                line(1, "one"), line(2, ""), line(3, "two\r"), line(4, "three, a", part: 1, isTerminated: false),
                line(4, "nd more ", part: 2, isTerminated: false), line(4, "than the", part: 3, isTerminated: false),
                line(4, " limit", part: 4), line(5, "rest", isTerminated: false),
            ])
        for length in 1..<text.utf8.count {
            let octets = Array(text.utf8)
            let pieces = stride(from: 0, to: octets.count, by: length).map {
                String(decoding: octets[$0..<min($0 + length, octets.count)], as: UTF8.self)
            }
            #expect(cut(pieces, limit: 8) == whole, "pieces of \(length)")
        }
    }

    @Test("A line of just the limit is whole, one octet more is not")
    func limit() {
        #expect(cut(["1234\n"], limit: 4) == [line(1, "1234")])
        #expect(
            cut(["12345\n6\n"], limit: 4)
                == [line(1, "1234", part: 1, isTerminated: false), line(1, "5", part: 2), line(2, "6")])
        #expect(
            cut(["12345678\n"], limit: 4)
                == [line(1, "1234", part: 1, isTerminated: false), line(1, "5678", part: 2)])
    }

    @Test("Nothing is left where a line feed came last, and a line without one of the limit's length ends as a whole")
    func end() {
        #expect(cut([], limit: 4) == [])
        #expect(cut(["\n"], limit: 4) == [line(1, "")])
        #expect(cut(["123"], limit: 4) == [line(1, "123", isTerminated: false)])
        #expect(cut(["1234"], limit: 4) == [line(1, "1234", isTerminated: false)])
    }
}
