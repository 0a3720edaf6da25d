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

    private static let web = ChildProcess.builtProductsDirectory + "/wirewatch-web"

    /// What the link carried while `client` talked with `serve`, as JSON.
    private func events(client: String) throws -> [[String: Any]] {
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--json", "--delay", "5ms", "--server", "\(Self.web) serve 0.0.0.0:8080", "--client", client,
            seconds: 60
        ).finish()
        #expect(outcome.ending == .exited(0))
        return try outcome.lines.map { line in
            try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    /// The heads of the messages that a host's capture holds, in order.
    private func messages(_ events: [[String: Any]], at host: String) -> [[String: Any]] {
        events.filter { $0["host"] as? String == host }
            .flatMap { $0["http"] as? [[String: Any]] ?? [] }.filter { $0["kind"] as? String != "end" }
    }

    @Test(.enabled(if: hasLab, "needs user namespaces"))
    func aValueCrossesTheWire() throws {
        let events = try events(client: "\(Self.web) post http://{server}:8080/data --number 5 --boolean true")
        let output = events.filter { $0["event"] as? String == "output" }
        #expect(output.contains { "\($0)".contains("Received: Data(number: 5, boolean: true)") })
        for host in ["A", "B"] {
            let said = messages(events, at: host)
            try #require(said.count == 2)
            #expect(said[0]["method"] as? String == "POST")
            #expect(said[0]["target"] as? String == "/data")
            #expect(said[0]["contentLength"] as? Int == 27)
            #expect(said[1]["status"] as? Int == 200)
            #expect(said[1]["contentLength"] as? Int == 40)
        }
    }

    /// A request is text: our own TCP client says it by either manner, and each answer's status is on the wire.
    @Test(.enabled(if: hasLab, "needs user namespaces"), arguments: ["blocking", "async"])
    func requestsOfOurOwnSockets(io: String) throws {
        let json = "Content-Type: application/json"
        let requests: [(line: String, type: String, body: String, status: Int)] = [
            ("POST /data", json, #"{"number":5,"boolean":true}"#, 200), ("GET /data", json, "", 405),
            ("POST /data", "Content-Type: text/plain", "5", 415),
            ("POST /data", json, #"{"number":4294967296,"boolean":true}"#, 400),
            ("POST /data", json, String(repeating: " ", count: 70_000), 413), ("POST /other", json, "{}", 404),
        ]
        let clients = requests.map { request in
            let head = [
                "\(request.line) HTTP/1.1", "Host: b", request.type, "Content-Length: \(request.body.utf8.count)",
                "Connection: close",
            ]
            let text = (head + ["", request.body]).joined(separator: #"\r\n"#)
            return "printf '\(text)' | \(ChildProcess.builtProductsDirectory)/wirewatch"
                + " tcp connect {server}:8080 --io \(io) --half-close --content 2000"
        }
        let events = try events(client: clients.joined(separator: "; "))
        let said = messages(events, at: "A")
        let sent = said.compactMap { message in
            (message["method"] as? String).map { "\($0) \(message["target"] as? String ?? "")" }
        }
        #expect(sent == requests.map(\.line))
        #expect(said.compactMap { $0["status"] as? Int } == requests.map(\.status))
        #expect(messages(events, at: "B").compactMap { $0["status"] as? Int } == requests.map(\.status))
        let lengths = said.filter { $0["method"] != nil }.map { $0["contentLength"] as? Int }
        #expect(lengths == requests.map(\.body.utf8.count))
        let output = events.filter { $0["event"] as? String == "output" && $0["role"] as? String == "client" }
            .compactMap { $0["content"] as? String }
        #expect(output.contains { $0.contains("Received: Data(number: 5, boolean: true)") })
        #expect(output.contains { $0.contains("number: must be a whole number from 0 to 4294967295") })
    }
}
