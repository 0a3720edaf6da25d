extension OutputBuffer {
    /// Appends a paragraph in lines of at most `columns`, broken at spaces; all but the first are indented by `indent`. A
    /// word that is longer than a line stands alone.
    public mutating func append(folding text: String, columns: Int, indent: Int = 0) {
        var isFirstWord = true
        for word in text.split(separator: " ") {
            if !isFirstWord, column + 1 + word.count > columns {
                endLine()
                pad(toColumn: indent)
            } else if !isFirstWord {
                append(" ")
            }
            append(String(word))
            isFirstWord = false
        }
        endLine()
    }
}
