import Foundation
import TestSupport
import Testing

/// HTTP in `read` and `follow`.
@Suite struct HTTPTests {
    private func run(_ command: String, _ options: [String]) throws -> ChildProcess.Outcome {
        let folder = try TemporaryFolder()
        let path = try folder.file("http.pcap", SampleCapture.pcap(SampleCapture.http))
        return try ChildProcess.wirewatch(arguments: [command, path] + options).finish()
    }

    private static let said = [
        "HTTP POST /data, 27 octets", "HTTP 200, 40 octets", #"HTTP GET /\x1b[31m"#, "HTTP GET /b, pipelined",
        "HTTP 404, chunked", "HTTP response 2 ends after 3 octets", "HTTP 200, 1000 octets",
        "HTTP response 3 is cut off after 3 octets",
    ]

    @Test func readNamesMessagesBelowTheirPackets() throws {
        let outcome = try run("read", [])
        #expect(outcome.ending == .exited(0))
        let lines = outcome.lines.map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.filter { $0.hasPrefix("HTTP") } == Self.said)
        let post = try #require(lines.firstIndex(of: Self.said[0]))
        #expect(lines[post - 1].hasPrefix("4 "))
        #expect(!outcome.output.contains(0x1B))
        #expect(lines.count == SampleCapture.http.count + Self.said.count)
    }

    /// What a filter hides is still part of its stream.
    @Test func filteredFramesCount() throws {
        let outcome = try run("read", ["src", "port", "7000"])
        let lines = outcome.lines.map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(
            lines.filter { $0.hasPrefix("HTTP") } == Self.said.filter { !$0.contains("POST") && !$0.contains("GET") })
    }

    @Test func readAsJSON() throws {
        let events = try Events(run("read", ["--json"]).lines).named("packet")
        #expect(events.count { $0["http"] != nil } == 6)
        let post = try #require((events[3]["http"] as? [[String: Any]])?.first)
        #expect(post["kind"] as? String == "request")
        #expect(post["method"] as? String == "POST")
        #expect(post["target"] as? String == "/data")
        #expect(post["contentLength"] as? Int == 27)
        #expect(post["headLength"] as? Int == 43)
        let pipelined = try #require(events[5]["http"] as? [[String: Any]])
        #expect(pipelined.map { $0["exchange"] as? Int } == [2, 2, 3, 3])
        #expect(pipelined[0]["target"] as? String == #"/\x1b[31m"#)
        #expect(pipelined.compactMap { $0["isPipelined"] as? Bool } == [false, true])
        let cutOff = try #require((events[8]["http"] as? [[String: Any]])?.last)
        #expect(cutOff["isComplete"] as? Bool == false)
        #expect(cutOff["bodyLength"] as? Int == 3)
    }

    @Test func followNamesMessagesBeforeTheirText() throws {
        let outcome = try run("follow", ["-n", "1"])
        #expect(outcome.ending == .exited(0))
        let notes = outcome.lines.compactMap { line in
            line.firstRange(of: "[HTTP").map { String(line[line.index(after: $0.lowerBound)...].dropLast()) }
        }
        #expect(notes == Self.said)
        let note = try #require(outcome.lines.firstIndex { $0.hasSuffix("▶ [HTTP POST /data, 27 octets]") })
        #expect(outcome.lines[note + 1].hasSuffix(#"▶ POST /data HTTP/1.1\r\n"#))
    }

    @Test func followAsJSON() throws {
        let events = try Events(run("follow", ["-n", "1", "--json"]).lines).named("stream")
        let http = events.filter { $0["kind"] as? String == "http" }
        #expect(http.count == 12)
        #expect(http.first?["direction"] as? String == "fromInitiator")
        #expect((http.first?["http"] as? [String: Any])?["method"] as? String == "POST")
    }
}
