import Foundation
import PackagePlugin

/// Lists the lessons: each file in a folder `Scripts` holds one, named as the file is. So a new lesson is a new file, and
/// no other is touched.
@main
struct LessonList: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        guard let target = target as? SourceModuleTarget else { return [] }
        let scripts = target.sourceFiles(withSuffix: "swift").map(\.url)
            .filter { $0.deletingLastPathComponent().lastPathComponent == "Scripts" }
            .sorted { $0.path < $1.path }
        let list = context.pluginWorkDirectoryURL.appending(path: "Lesson+List.swift")
        return [
            .buildCommand(
                displayName: "List the lessons",
                executable: try context.tool(named: "lesson-list").url,
                arguments: [list.path] + scripts.map { $0.deletingPathExtension().lastPathComponent },
                inputFiles: scripts,
                outputFiles: [list])
        ]
    }
}
