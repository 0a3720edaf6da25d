import Foundation
import Glibc
import TestSupport
import Testing

/// Whom a demo is run as. A test process has threads and cannot enter a user namespace; the started program can.
enum DemoUser: String, CaseIterable, Sendable {
    case caller
    case nobody

    /// Why this user's demo cannot be tested here; nil where it can.
    var hindrance: String? {
        switch self {
        case .caller: nil
        case .nobody: geteuid() == 0 && Tool("setpriv") != nil ? nil : "needs root and setpriv(1)"
        }
    }

    /// Runs `wirewatch` with `arguments` as this user, to its end.
    ///
    /// - Parameter environment: what is set beside what there is, as `NAME=value`.
    func run(_ arguments: [String], environment: [String] = []) throws -> ChildProcess.Outcome {
        let program = ChildProcess.builtProductsDirectory + "/wirewatch"
        switch self {
        case .caller:
            return try ChildProcess("/usr/bin/env", environment + [program] + arguments).finish()
        case .nobody:
            // The build's folder may be closed to others. The copy is another program's work: a descriptor of ours that is
            // open for writing could be inherited by a test that forks just then, and the copy could not be run.
            let folder = try TemporaryFolder()
            let copy = folder.path("wirewatch")
            let copying = try ChildProcess("/bin/cp", [program, copy]).finish()
            try #require(copying.ending == .exited(0))
            for path in [folder.url.path, copy] {
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            }
            let setpriv = try #require(Tool("setpriv"))
            let become = ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/env"] + environment + [copy]
            // The folder goes with its last use, which must not come before the program's end.
            return try withExtendedLifetime(folder) {
                try ChildProcess(setpriv.url.path, become + arguments).finish()
            }
        }
    }
}

/// The events of a `--json` run, in order.
struct Events {
    let all: [[String: Any]]

    init(_ lines: [String]) throws {
        all = try lines.filter { !$0.isEmpty }.map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    func named(_ name: String) -> [[String: Any]] { all.filter { $0["event"] as? String == name } }

    /// Where an event stands on the timeline, in nanoseconds: what takes from the network at its end, what gives to it at
    /// its start.
    static func time(_ event: [String: Any]) throws -> Int64 {
        let call = event["call"] as? String
        let key = call == nil ? "timestamp" : call == "receive" || call == "accept" ? "end" : "start"
        return try nanoseconds(#require(event[key] as? String))
    }

    /// Epoch seconds with nine decimals, as a number.
    static func nanoseconds(_ text: String) throws -> Int64 {
        let parts = text.split(separator: ".")
        return try #require(Int64(parts[0])) * 1_000_000_000 + #require(Int64(parts[1]))
    }
}

@Suite struct DemoTests {
    @Test func listsTheLessons() throws {
        let outcome = try ChildProcess.wirewatch("demo").finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.contains { $0.hasPrefix("wirewatch demo tcp ") })
        #expect(outcome.lines.contains { $0.hasPrefix("wirewatch demo udp ") })
        let events = try Events(ChildProcess.wirewatch("demo", "--json").finish().lines)
        let names = events.named("lesson").compactMap { $0["name"] as? String }
        #expect(names.starts(with: ["tcp", "udp"]) && names.contains("noisy-link"))
        #expect(Set(names).count == names.count)
    }

    @Test func refusesALessonThatIsNot() throws {
        let outcome = try ChildProcess.wirewatch("demo", "quic").finish()
        #expect(outcome.ending == .exited(64))
        #expect(outcome.errorLines.contains { $0.contains("no lesson 'quic'") })
    }

    @Test func tcpShowsRetransmissionsThatTheKernelConfirms() throws { try checkTCP(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func tcpShowsTheSameWithoutRights() throws { try checkTCP(as: .nobody) }

    @Test func udpShowsTruncationAndLossThatTheKernelConfirms() throws { try checkUDP(as: .caller) }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func udpShowsTheSameWithoutRights() throws { try checkUDP(as: .nobody) }

    private func checkTCP(as user: DemoUser) throws {
        let outcome = try user.run(["demo", "tcp", "--json"])
        #expect(outcome.ending == .exited(0))
        #expect(outcome.errorOutput.isEmpty)
        let events = try Events(outcome.lines)
        let times = try events.all.filter { ["packet", "socket", "kernel"].contains($0["event"] as? String) }
            .map(Events.time)
        #expect(times == times.sorted())
        let labelled = events.named("packet").filter { packet in
            let labels = packet["labels"] as? [[String: Any]] ?? []
            return labels.contains { $0["label"] as? String == "retransmission" }
        }
        let answer = try #require(events.named("kernel").last?["info"] as? [String: Any])
        #expect(labelled.count == 3)
        #expect(answer["totalRetransmissions"] as? Int == labelled.count)
        let received = events.named("socket").filter {
            $0["call"] as? String == "receive" && $0["role"] as? String == "server"
        }
        #expect(received.compactMap { $0["octets"] as? Int } == [300, 500, 700, 0])
        let summary = try #require(events.all.last)
        #expect(summary["event"] as? String == "summary")
        #expect(summary["lateCount"] as? Int == 0)
        #expect(summary["droppedByKernel"] as? Int == 0)
    }

    private func checkUDP(as user: DemoUser) throws {
        let outcome = try user.run(["demo", "udp", "--json"])
        #expect(outcome.ending == .exited(0))
        let events = try Events(outcome.lines)
        let sent = events.named("socket").filter { $0["call"] as? String == "send" }.compactMap { $0["octets"] as? Int }
        let received = events.named("socket").filter { $0["call"] as? String == "receive" }
        let frames = events.named("packet").compactMap { $0["payloadLength"] as? Int }
        #expect(sent == [100, 1500, 1501, 700, 4000, 60000])
        #expect(frames == sent)
        #expect(received.compactMap { $0["datagramLength"] as? Int } == [100, 1500, 1501, 4000, 60000])
        #expect(received.compactMap { $0["octets"] as? Int } == [100, 1500, 1500, 1500, 1500])
        #expect(received.compactMap { $0["lostOctets"] as? Int } == [0, 0, 1, 2500, 58500])
        let memory = try #require(events.named("kernel").last?["memory"] as? [String: Any])
        #expect(memory["drops"] as? Int == sent.count - received.count)
    }

    @Test func textFitsTheLine() throws {
        let outcome = try ChildProcess.wirewatch("demo", "tcp").finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.contains { $0.contains("⟲ retransmission: 301:801 was sent at ") })
        #expect(outcome.lines.allSatisfy { $0.count <= 120 })
        #expect(outcome.lines.contains { $0.hasSuffix("the same.") })
    }

    @Test func keepsTheFrames() throws {
        let folder = try TemporaryFolder()
        let file = folder.path("demo.pcap")
        let events = try Events(ChildProcess.wirewatch("demo", "udp", "--json", "--pcap", file).finish().lines)
        let read = try Events(ChildProcess.wirewatch("read", "--json", file).finish().lines)
        let shown = events.named("packet").compactMap { $0["timestamp"] as? String }
        #expect(shown.count == 6)
        #expect(read.named("packet").compactMap { $0["timestamp"] as? String } == shown)
    }

    @Test(arguments: ["udp", "refused"])
    func saysWhatCannotBeWrittenBeforeAnything(lesson: String) throws {
        for option in ["--pcap", "--timeline"] {
            let outcome = try ChildProcess.wirewatch("demo", lesson, option, "/nonexistent/x").finish()
            #expect(outcome.ending == .exited(1))
            #expect(outcome.output.isEmpty)
            #expect(outcome.errorLines.count == 1 && outcome.errorLines.first?.contains("/nonexistent/x") == true)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM], [["--json"], []])
    func saysThatItWasInterrupted(signal: Int32, options: [String]) throws {
        let demo = try ChildProcess.wirewatch(arguments: ["demo", "keep-alive"] + options)
        _ = try demo.waitForLine { $0.contains("connect") }
        demo.send(signal: signal)
        let outcome = try demo.finish()
        #expect(outcome.ending == .exited(130))
        #expect(outcome.errorLines == ["wirewatch: interrupted: the lesson keep-alive was not over"])
        // What was written is whole lines.
        #expect(outcome.output.last == UInt8(ascii: "\n"))
        if !options.isEmpty { #expect(try !Events(outcome.lines).all.isEmpty) }
    }

    /// At any moment: while it makes its network, plays and closes.
    @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
    func leavesNothingBehind(signal: Int32) throws {
        for _ in 0..<6 {
            let marked = MarkedProcesses()
            let demo = try marked.wirewatch("demo", "refused", "--json")
            usleep(UInt32.random(in: 0...500_000))
            demo.send(signal: signal)
            _ = try demo.finish()
            #expect(marked.awaitEnd() == [])
        }
    }

    @Test(arguments: [("slow-start", ["congestion window", "slow-start threshold"]), ("refused", ["RST", "SYN"])])
    func drawsWhatTheLessonIsAbout(lesson: String, words: [String]) throws {
        let folder = try TemporaryFolder()
        let outcome = try ChildProcess.wirewatch("demo", lesson, "--svg", folder.path("x.svg")).finish()
        #expect(outcome.ending == .exited(0))
        let picture = try String(contentsOfFile: folder.path("x.svg"), encoding: .utf8)
        for word in words { #expect(picture.contains(word)) }
    }

    @Test(.enabled(if: canLimitNamespaces, "needs unshare(1) and the right to make user namespaces"))
    func saysWhatIsForbiddenAndWhatToDo() throws {
        let program = ChildProcess.builtProductsDirectory + "/wirewatch"
        let script = "echo 0 > /proc/sys/user/max_net_namespaces; exec \(program) demo tcp"
        let outcome = try ChildProcess("/usr/bin/unshare", ["-Urn", "bash", "-c", script]).finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.output.isEmpty)
        let line = try #require(outcome.errorLines.first)
        #expect(line.hasPrefix("wirewatch: cannot make a network namespace"))
        #expect(line.contains("sudo wirewatch demo tcp"))
        #expect(line.contains("user.max_user_namespaces"))
    }

    /// Whether a user namespace can be made in which the limit on network namespaces is ours to set.
    static let canLimitNamespaces: Bool = {
        let script = "echo 0 > /proc/sys/user/max_net_namespaces"
        guard let unshare = Tool("unshare"), let outcome = try? unshare.run(["-Urn", "bash", "-c", script]) else {
            return false
        }
        return outcome.status == 0
    }()
}
