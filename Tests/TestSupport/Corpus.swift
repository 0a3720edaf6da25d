public import Foundation

/// Captures of other projects that the differential tests read, where they are present. They are no part of this
/// repository: `WIREWATCH_CORPUS` names their folder, or a `shared/corpus` beside the checkout or above it is found.
public enum Corpus {
    /// The folder, or nil where there is none.
    public static let folder: URL? = {
        if let path = ProcessInfo.processInfo.environment["WIREWATCH_CORPUS"], !path.isEmpty {
            return URL(filePath: path, directoryHint: .isDirectory)
        }
        // This file stands at <package>/Tests/TestSupport/.
        var place = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for _ in 0..<3 where place.path != "/" {
            place.deleteLastPathComponent()
            let candidate = place.appending(path: "shared/corpus", directoryHint: .isDirectory)
            if FileManager.default.fileExists(atPath: candidate.appending(path: "MANIFEST.tsv").path) {
                return candidate
            }
        }
        return nil
    }()

    /// The rows of one of the corpus's tables, by column name, without its heading.
    public static func table(_ name: String) throws -> [[String: String]] {
        guard let folder else { return [] }
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard let heading = lines.first else { return [] }
        let names = heading.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map { line in
            let values = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Dictionary(zip(names, values)) { first, _ in first }
        }
    }
}
