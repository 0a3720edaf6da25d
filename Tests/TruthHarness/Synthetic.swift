import ArgumentParser
import Foundation
import TestSupport

/// Conversations made of bytes, as captures, for other tools to read.
struct Synthetic: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the synthetic cases as captures, and one JSON object each of what they are.")

    @Argument(help: "The folder that they are written to.")
    var folder: String

    private struct Line: Encodable {
        struct Step: Encodable {
            let words: String
            let labels: [String]
        }

        let name: String
        let title: String
        let reason: String
        let capture: String
        let steps: [Step]
    }

    func run() throws {
        let folder = URL(filePath: folder, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        for synthetic in SyntheticCase.all {
            let file = folder.appending(path: synthetic.name + ".pcap")
            try Data(synthetic.pcap).write(to: file)
            let line = Line(
                name: synthetic.name, title: synthetic.title, reason: synthetic.reason, capture: file.path,
                steps: synthetic.steps.map { Line.Step(words: $0.words, labels: $0.labels) })
            print(String(decoding: try encoder.encode(line), as: UTF8.self))
        }
    }
}
