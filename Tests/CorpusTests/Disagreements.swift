import Foundation

/// One field of one frame on which the decoder and tshark differ.
struct Difference {
    let file: String
    let frame: OracleFrame
    let field: String
    let ours: String?
    let theirs: String?

    var line: String {
        "\(file)\t\(frame.number)\t\(field)\tours \(ours ?? "-")\ttheirs \(theirs ?? "-")\t"
            + "\(frame.layers)\t\(frame.ambiguities.sorted().joined(separator: " "))"
    }
}

/// A rule of disagreements.tsv: differences that are no bug, and why.
struct Disagreement {
    let line: Int
    let file: String
    let frame: String
    let field: String
    let conditions: [(name: String, pattern: String)]

    /// Reads the list. Its head says what the columns mean.
    static func list() throws -> [Disagreement] {
        let place = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "disagreements.tsv")
        let lines = try String(contentsOf: place, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        return try lines.enumerated().compactMap { index, line in
            guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard columns.count == 5, !columns[4].isEmpty else { throw MalformedRule(line: index + 1) }
            let conditions = columns[3].split(separator: " ").map { word in
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return (name: parts[0], pattern: parts.count > 1 ? parts[1] : "")
            }
            let names: Set<String> = ["amb", "layers", "layers!", "ours", "theirs"]
            guard conditions.allSatisfy({ names.contains($0.name) }) else { throw MalformedRule(line: index + 1) }
            return Disagreement(
                line: index + 1, file: columns[0], frame: columns[1], field: columns[2], conditions: conditions)
        }
    }

    struct MalformedRule: Error { let line: Int }

    func covers(_ difference: Difference) -> Bool {
        guard Self.matches(field, difference.field), Self.matches(frame, String(difference.frame.number)),
            Self.matches(file, difference.file)
        else { return false }
        return conditions.allSatisfy { condition in
            switch condition.name {
            case "amb": difference.frame.ambiguities.contains(condition.pattern)
            case "layers": Self.matches(condition.pattern, difference.frame.layers)
            case "layers!": !Self.matches(condition.pattern, difference.frame.layers)
            case "ours": Self.matches(condition.pattern, difference.ours ?? "-")
            default: Self.matches(condition.pattern, difference.theirs ?? "-")
            }
        }
    }

    /// Whether `text` is what `pattern` says: alternatives joined by `|`, in which `*` stands for any characters.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        pattern.split(separator: "|").contains { matchesOne($0.utf8[...], text.utf8[...]) }
    }

    private static func matchesOne(
        _ pattern: Substring.UTF8View.SubSequence, _ text: Substring.UTF8View.SubSequence
    ) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            let rest = pattern.dropFirst()
            if rest.isEmpty { return true }
            var tail = text
            while true {
                if matchesOne(rest, tail) { return true }
                if tail.isEmpty { return false }
                tail = tail.dropFirst()
            }
        }
        return text.first == first && matchesOne(pattern.dropFirst(), text.dropFirst())
    }
}
