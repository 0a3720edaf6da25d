import Foundation
import Testing

@Suite struct ReadmeExampleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func countsWhatTheDemoShowed() throws {
        let capture = Self.root.appending(path: "captures/tcp-loss.pcap").path
        #expect(try retransmissions(in: capture) == 3)
    }

    /// The README shows the code that is compiled here, letter for letter.
    @Test func standsInTheReadme() throws {
        let example = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "ReadmeExample.swift"),
            encoding: .utf8)
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(example)```"))
    }
}
