import Foundation
import TestSupport
import Testing

@Suite("wirewatch tcp bench, live")
struct BenchTests {
    @Test("holds connections, asks on some and on all, and tells what it took", arguments: ["blocking", "async"])
    func rows(io: String) throws {
        let outcome = try ChildProcess.wirewatch(
            "tcp", "bench", "--io", io, "--connections", "20", "--busy", "5,all", "--duration", "100ms", "--json"
        ).finish()
        #expect(outcome.ending == .exited(0), "\(outcome.errorLines)")
        let rows = try outcome.lines.map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(rows.map { $0["busy"] as? Int } == [5, 20])
        for row in rows {
            #expect(row["connections"] as? Int == 20)
            #expect(row["refused"] as? Int == 0)
            let (median, high) = (row["medianLatency"] as? Int ?? 0, row["highLatency"] as? Int ?? 0)
            #expect(median > 0)
            #expect(high >= median)
            #expect(row["answers"] as? Int ?? 0 > 0)
            let threads = try #require(row["threads"] as? Int)
            // A thread for each connection, and those that the program has anyway; or as many as there are processors, and a few.
            if io == "blocking" { #expect(threads > 20) }
        }
    }

    @Test("one command makes the page and its plot")
    func document() throws {
        let folder = try TemporaryFolder()
        let page = try folder.file("scale.md", [])
        let outcome = try ChildProcess.wirewatch(
            "tcp", "bench", "--connections", "3,6", "--busy", "2", "--duration", "50ms", "--document", page
        ).finish()
        #expect(outcome.ending == .exited(0), "\(outcome.errorLines)")
        // A heading, and a row for each manner and number.
        #expect(outcome.lines.count == 5)
        let text = try String(contentsOfFile: page, encoding: .utf8)
        #expect(text.contains("| blocking | 6 | 2 |"))
        #expect(text.contains("| async | 6 | 2 |"))
        #expect(text.contains("(scale.svg)"))
        let plot = try Data(contentsOf: URL(filePath: page.dropLast(3) + ".svg"))
        #expect(String(decoding: plot, as: UTF8.self).contains("6 held"))
        if let python = Tool("python3") {
            let check = "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])"
            #expect(try python.run(["-c", check, page.dropLast(3) + ".svg"]).status == 0)
        }
    }
}
