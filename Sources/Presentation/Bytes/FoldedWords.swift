/// One line of safe text in parts of at most `width` columns, broken at spaces; each part but the first is to be indented
/// by `indent`, which its width allows for.
struct FoldedWords {
    let parts: [ArraySlice<UInt8>]
    /// Columns of the widest part, indents included.
    let width: Int
    let indent: Int

    /// - Parameter breaksWords: whether a word that is longer than a part is broken, too, at a character.
    init(_ text: [UInt8], width: Int, indent: Int, breaksWords: Bool) {
        var parts: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var end = start
        var column = 0
        var widest = 0
        func close(_ end: Int) {
            parts.append(text[start..<end])
            widest = max(widest, column)
        }
        var isFirstWord = true
        for word in text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            let columns = word.count { $0 & 0xC0 != 0x80 }
            if isFirstWord {
                column = columns
            } else if column + 1 + columns > width {
                close(end)
                start = word.startIndex
                column = indent + columns
            } else {
                column += 1 + columns
            }
            isFirstWord = false
            end = word.endIndex
            guard breaksWords else { continue }
            while column > width {
                // The word stands alone or last in its part: what passes the edge goes to the next.
                var cut = end
                while column > width, cut > start + 1 {
                    cut -= 1
                    if text[cut] & 0xC0 != 0x80 { column -= 1 }
                }
                let rest = text[cut..<end].count { $0 & 0xC0 != 0x80 }
                guard cut > start, rest > 0 else { break }
                close(cut)
                start = cut
                column = indent + rest
            }
        }
        close(end)
        self.parts = parts
        self.width = widest
        self.indent = indent
    }
}
