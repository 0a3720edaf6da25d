import Foundation
import TestSupport
import Testing

/// The captures of `captures/` are replayed and compared with what stands beside them; `captures/expect` makes that anew.
@Suite struct CapturesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "captures", directoryHint: .isDirectory)

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".pcap") }.map { String($0.dropLast(5)) }.sorted()
    }()

    @Test func areThere() {
        #expect(Self.names.count >= 8)
    }

    @Test(arguments: names, [("txt", [String]()), ("json", ["--json"])])
    func readAsExpected(name: String, form: (suffix: String, options: [String])) throws {
        let expected = try String(
            contentsOf: Self.folder.appending(path: "\(name).\(form.suffix)"), encoding: .utf8)
        let capture = Self.folder.appending(path: "\(name).pcap").path
        let outcome = try ChildProcess.wirewatch(arguments: ["read"] + form.options + [capture]).finish()
        #expect(outcome.ending == .exited(0))
        #expect(String(decoding: outcome.output, as: UTF8.self) == expected)
    }

    /// tshark, which knows nothing of wirewatch, sees the same frames at the same nanoseconds.
    @Test(.enabled(if: Tool("tshark") != nil, "needs tshark"), arguments: names)
    func holdTheFramesThatTsharkSees(name: String) throws {
        let tshark = try #require(Tool("tshark"))
        let capture = Self.folder.appending(path: "\(name).pcap").path
        let seen = try tshark.run(["-r", capture, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len"])
        let theirs = seen.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        let lines = try ChildProcess.wirewatch("read", "--json", capture).finish().lines
        let ours = try lines.compactMap { line -> [String]? in
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard event?["event"] as? String == "packet", let time = event?["timestamp"] as? String,
                let length = event?["originalLength"] as? Int
            else { return nil }
            return [time, "\(length)"]
        }
        #expect(!ours.isEmpty)
        #expect(ours == theirs)
    }
}
