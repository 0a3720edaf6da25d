import Foundation
import TestSupport
import Testing

/// One `--json` run of a lesson, and the questions that the lessons' tests ask of it.
struct LessonOutcome {
    let events: Events

    /// How often a lesson is run until a run is as expected.
    ///
    /// A machine with too much to do is late, so that kernels' timers expire without a loss. The lesson then says "Not as
    /// expected in this run", which is true, and such a run is void. A fault of ours fails in each.
    private static let attempts = 3

    /// Runs the lesson to its end and requires that it ended well, with nothing lost and all in order; and that its text,
    /// folded as one user has it and side by side as the other, fits the line.
    init(_ lesson: String, as user: DemoUser, _ arguments: [String] = []) throws {
        var (events, claims) = try Self.run(lesson, as: user, arguments)
        for _ in 1..<Self.attempts where !Self.areAsExpected(claims) {
            (events, claims) = try Self.run(lesson, as: user, arguments)
        }
        #expect(Self.areAsExpected(claims), "\(claims)")
        self.events = events
    }

    private static func areAsExpected(_ claims: [String]) -> Bool {
        claims.allSatisfy { !$0.hasPrefix("Not as expected") }
    }

    private static func run(
        _ lesson: String, as user: DemoUser, _ arguments: [String]
    ) throws -> (Events, claims: [String]) {
        let folder = try TemporaryFolder()
        let file = try folder.file("shown", [])
        // Another user writes it.
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
        let columns = user == .caller ? 80 : 120
        let outcome = try user.run(
            ["demo", lesson, "--json", "--timeline", file] + arguments, environment: ["COLUMNS=\(columns)"])
        #expect(outcome.ending == .exited(0))
        let shown = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(shown.contains { $0.hasPrefix("- ") })
        #expect(shown.filter { $0.count > columns } == [])
        #expect(outcome.errorOutput.isEmpty, "\(outcome.errorLines)")
        let events = try Events(outcome.lines)
        let summary = try #require(events.all.last)
        #expect(summary["event"] as? String == "summary")
        #expect(summary["droppedByKernel"] as? Int == 0)
        return (events, try #require(summary["claims"] as? [String]))
    }

    /// The frames of a host's capture; with a port, those to or from it.
    func packets(at host: String, port: Int? = nil) -> [Frame] {
        events.named("packet").map(Frame.init).filter { frame in
            frame.host == host && (port == nil || frame.sourcePort == port || frame.destinationPort == port)
        }
    }

    /// The calls of that name, in order; with a port, on sockets one end of which it is.
    func calls(_ call: String, by role: String, port: Int? = nil) -> [Call] {
        events.named("socket").map(Call.init).filter { event in
            event.call == call && event.role == role
                && (port == nil || event.localPort == port || event.peerPort == port)
        }
    }

    /// The link's verdicts on frames from a host.
    func verdicts(from host: String) -> [[String: Any]] {
        events.named("link").filter { $0["source"] as? String == host }
    }

    /// A packet's event.
    struct Frame {
        let json: [String: Any]

        var host: String? { json["host"] as? String }
        var payloadLength: Int { json["payloadLength"] as? Int ?? 0 }
        var labels: [[String: Any]] { json["labels"] as? [[String: Any]] ?? [] }
        var ipv4: [String: Any] { (json["network"] as? [String: Any])?["ipv4"] as? [String: Any] ?? [:] }
        var flow: [String: Any] { json["flow"] as? [String: Any] ?? [:] }
        var isUDP: Bool { transport["udp"] != nil }
        var sourcePort: Int? { ports["sourcePort"] as? Int }
        var destinationPort: Int? { ports["destinationPort"] as? Int }
        var flags: [String] { (transport["tcp"] as? [String: Any])?["flags"] as? [String] ?? [] }

        /// An ICMP message's type and code.
        var icmp: [Int]? {
            guard let message = transport["icmp"] as? [String: Any], let type = message["type"] as? Int,
                let code = message["code"] as? Int
            else { return nil }
            return [type, code]
        }

        func has(_ label: String) -> Bool { labels.contains { $0["label"] as? String == label } }

        func nanoseconds() throws -> Int64 { try Events.time(json) }

        private var transport: [String: Any] { json["transport"] as? [String: Any] ?? [:] }
        private var ports: [String: Any] {
            (transport["tcp"] ?? transport["udp"]) as? [String: Any] ?? [:]
        }
    }

    /// A socket call's event.
    struct Call {
        let json: [String: Any]

        var call: String? { json["call"] as? String }
        var role: String? { json["role"] as? String }
        var octets: Int? { json["octets"] as? Int }
        var content: String? { json["content"] as? String }
        var errno: Int32? { ((json["failure"] as? [String: Any])?["errno"] as? Int).map(Int32.init) }
        var localPort: Int? { port("local") }
        var peerPort: Int? { port("peer") }

        private func port(_ end: String) -> Int? {
            (json[end] as? String).flatMap { $0.split(separator: ":").last }.flatMap { Int($0) }
        }
    }
}
