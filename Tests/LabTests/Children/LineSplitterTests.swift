import Testing

@testable import Lab

@Suite struct LineSplitterTests {
    /// The lines of what is written in these pieces.
    private func lines(_ pieces: [String]) -> [String] {
        var splitter = LineSplitter()
        var lines: [String] = []
        for piece in pieces { splitter.take(piece.utf8) { lines.append(String(decoding: $0, as: UTF8.self)) } }
        splitter.finish { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    @Test(arguments: [
        (["a\nb\n"], ["a", "b"]),
        (["a\r\nb\r\n"], ["a", "b"]),
        (["10%\r20%\rdone\n"], ["10%", "20%", "done"]),
        (["\n\n"], ["", ""]),
        (["no end"], ["no end"]),
        ([], []),
    ])
    func cutsAtEachKindOfEnd(pieces: [String], expected: [String]) { #expect(lines(pieces) == expected) }

    @Test func cutsTheSameWhereverItIsWritten() {
        let text = Array("one\r\ntwo\rthree\n\nfour".utf8)
        let whole = lines([String(decoding: text, as: UTF8.self)])
        for place in text.indices {
            let pieces = [text[..<place], text[place...]].map { String(decoding: $0, as: UTF8.self) }
            #expect(lines(pieces) == whole, "cut at \(place)")
        }
    }

    @Test func handsALongLineOnInParts() {
        let line = String(repeating: "x", count: LineSplitter.longestLine + 1)
        #expect(lines([line + "\n"]).map(\.count) == [LineSplitter.longestLine, 1])
    }
}
