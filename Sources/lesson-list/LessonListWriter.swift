import Foundation

/// Writes the list of lessons that the plugin asks for: `lesson-list FILE NAME…`, each NAME a file's, as `SlowStart`, that
/// holds `Lesson.slowStart`.
@main
struct LessonListWriter {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let file = arguments.first else { return }
        let lessons = arguments.dropFirst().map { ".\($0.prefix(1).lowercased())\($0.dropFirst())" }
        let text = """
            extension Lesson {
                /// A lesson for each file of `Scripts`, by the files' names.
                static let listed: [Lesson] = [\(lessons.joined(separator: ", "))]
            }

            """
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
}
