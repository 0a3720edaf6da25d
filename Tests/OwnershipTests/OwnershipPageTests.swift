import Foundation
import Testing

/// docs/ownership.md quotes the code that is there.
@Suite struct OwnershipPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private struct Excerpt {
        let line: Int
        let file: String?
        let lines: [Substring]
    }

    /// The fenced blocks of Swift, each with the file that was named last above it: a line that is a path in backquotes and
    /// a colon.
    private static func excerpts() throws -> [Excerpt] {
        let page = try String(contentsOf: root.appending(path: "docs/ownership.md"), encoding: .utf8)
        var excerpts: [Excerpt] = []
        var file: String?
        var block: (line: Int, isSwift: Bool, lines: [Substring])?
        for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                if let ended = block {
                    if ended.isSwift { excerpts.append(Excerpt(line: ended.line, file: file, lines: ended.lines)) }
                    block = nil
                } else {
                    block = (index + 1, line == "```swift", [])
                }
            } else if block != nil {
                block?.lines.append(line)
            } else if line.hasPrefix("`"), line.hasSuffix("`:"), !line.dropFirst().dropLast(2).contains("`") {
                file = String(line.dropFirst().dropLast(2))
            } else if line.hasPrefix("#") {
                file = nil
            }
        }
        return excerpts
    }

    @Test func everyExcerptStandsInItsFile() throws {
        let excerpts = try Self.excerpts()
        #expect(excerpts.count >= 12)
        for excerpt in excerpts {
            let file = try #require(excerpt.file, "line \(excerpt.line) of the page names no file")
            let lines = try String(contentsOf: Self.root.appending(path: file), encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false)
            let isThere = lines.indices.contains { start in lines[start...].starts(with: excerpt.lines) }
            #expect(isThere, "line \(excerpt.line) of the page is not in \(file)")
        }
    }
}
