import Foundation
import TestSupport
import Testing

/// The two programs on the lab's two hosts, and what the wire between them carried.
@Suite struct LabWebTests {
    /// Whether namespaces can be had here, by the lesson that needs no more.
    private static let hasLab: Bool = {
        guard let outcome = try? ChildProcess.wirewatch("lab", "run", "--client", "true").finish() else { return false }
        return outcome.ending == .exited(0)
    }()

    @Test(.enabled(if: hasLab, "needs user namespaces"))
    func aValueCrossesTheWire() throws {
        let web = ChildProcess.builtProductsDirectory + "/wirewatch-web"
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--json", "--delay", "5ms", "--server", "\(web) serve 0.0.0.0:8080",
            "--client", "\(web) post http://{server}:8080/data --number 5 --boolean true"
        ).finish()
        #expect(outcome.ending == .exited(0))
        let events = try outcome.lines.map { line in
            try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        let output = events.filter { $0["event"] as? String == "output" }
        #expect(output.contains { "\($0)".contains("Received: Data(number: 5, boolean: true)") })
        for host in ["A", "B"] {
            let said = events.filter { $0["host"] as? String == host }
                .flatMap { $0["http"] as? [[String: Any]] ?? [] }.filter { $0["kind"] as? String != "end" }
            try #require(said.count == 2)
            #expect(said[0]["method"] as? String == "POST")
            #expect(said[0]["target"] as? String == "/data")
            #expect(said[0]["contentLength"] as? Int == 27)
            #expect(said[1]["status"] as? Int == 200)
            #expect(said[1]["contentLength"] as? Int == 40)
        }
    }
}
