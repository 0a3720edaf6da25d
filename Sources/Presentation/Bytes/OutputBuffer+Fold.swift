extension OutputBuffer {
    /// Breaks the text from `start` on, which is one line with its line feed, at spaces, so that no part passes
    /// `columns`. What is broken off starts at the column `indent`.
    ///
    /// A word that is longer than a part stays whole. Colours go on over a break.
    mutating func foldLine(from start: Int, columns: Int, indent: Int) {
        let end = count - 1
        guard start < end, bytes.span.extracting(start..<end).columnCount > columns else { return }
        let text = Array(bytes[start..<end])
        truncate(to: start)
        var column = 0
        var word = 0
        var isFirstPart = true
        while word < text.count {
            // A word takes the spaces before it along: columns are held apart by more than one.
            var textStart = word
            while textStart < text.count, text[textStart] == UInt8(ascii: " ") { textStart += 1 }
            var wordEnd = textStart
            while wordEnd < text.count, text[wordEnd] != UInt8(ascii: " ") { wordEnd += 1 }
            let width = text.span.extracting(word..<wordEnd).columnCount
            if column + width > columns, column > (isFirstPart ? 0 : indent) {
                append(UInt8(ascii: "\n"))
                for _ in 0..<indent { append(UInt8(ascii: " ")) }
                column = indent + text.span.extracting(textStart..<wordEnd).columnCount
                isFirstPart = false
                append(octets: text[textStart..<wordEnd])
            } else {
                column += width
                append(octets: text[word..<wordEnd])
            }
            word = wordEnd
        }
        endLine()
    }
}
