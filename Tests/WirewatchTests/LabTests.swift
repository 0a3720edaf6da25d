import Foundation
import Glibc
import TestSupport
import Testing

/// Programs in the lab, live.
@Suite(.enabled(if: TruthTests.canMakeNamespaces, "needs the right to make namespaces"))
struct LabTests {
    @Test(arguments: [
        ("true", "exit 3", 3), ("true", "kill -9 $$", 137), ("exit 4", "sleep 0.1", 4), ("nc -l 9000", "true", 0),
        ("exit 4", "exit 5", 5),
    ])
    func passesExitCodesOn(server: String, client: String, code: Int32) throws {
        let outcome = try ChildProcess.wirewatch("lab", "run", "--quiet", "--server", server, "--client", client)
            .finish()
        #expect(outcome.ending == .exited(code), "\(outcome.errorLines)")
    }

    /// Dispatch, for one, looks its threads up there and stops a program whose threads it does not find.
    @Test(arguments: DemoUser.allCases.filter { $0.hindrance == nil })
    func programsFindThemselvesInProc(as user: DemoUser) throws {
        let outcome = try user.run([
            "lab", "run", "--quiet", "--client", #"read number rest < /proc/self/stat; test "$number" = $$"#,
        ])
        #expect(outcome.ending == .exited(0), "\(outcome.lines)")
    }

    @Test(arguments: DemoUser.allCases.filter { $0.hindrance == nil })
    func carriesAConversationAndCountsWhatItDid(as user: DemoUser) throws {
        let server = "nc -l 9000 | wc -c"
        let client = "head -c 300000 /dev/zero | nc -N {server} 9000"
        let outcome = try user.run([
            "lab", "run", "--json", "--loss", "2%", "--delay", "2ms", "--seed", "7", "--server", server, "--client",
            client,
        ])
        #expect(outcome.ending == .exited(0), "\(outcome.errorLines)")
        let events = try Events(outcome.lines)
        #expect(events.named("output").compactMap { $0["content"] as? String }.contains("300000"))
        let summary = try #require(events.all.last)
        let hosts = try #require(summary["hosts"] as? [String: [String: Any]])
        for name in ["A", "B"] {
            let host = try #require(hosts[name])
            let link = try #require(host["link"] as? [String: Int])
            #expect(link["lostUnmeant"] == 0)
            #expect(host["droppedByKernel"] as? Int == 0)
            #expect(host["labelledRetransmissions"] as? Int == host["kernelRetransmissions"] as? Int)
        }
        let dropped = try #require((hosts["A"]?["link"] as? [String: Int])?["dropped"])
        #expect(dropped > 0)
        #expect(try #require(hosts["A"]?["kernelRetransmissions"] as? Int) > 0)
        let flow = try #require(events.named("flow").first)
        #expect(flow["responder"] as? String == "10.7.0.2:9000")
        // The frames of both captures are on the timeline.
        let frames = events.named("packet").count
        #expect(frames == hosts.values.reduce(0) { $0 + ($1["frameCount"] as? Int ?? 0) })
    }

    @Test func doesWhatARuleSays() throws {
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--json", "--rules", "drop data 3 from A; drop SYN 1 from B", "--server",
            "nc -l 9000 | wc -c",
            "--client", "head -c 20000 /dev/zero | nc -N {server} 9000"
        ).finish()
        #expect(outcome.ending == .exited(0))
        let events = try Events(outcome.lines)
        let dropped = events.named("link").filter { $0["verdict"] as? String == "dropped" }
        #expect(Set(dropped.compactMap { $0["rule"] as? Int }) == [1, 2])
        #expect(dropped.count == 2)
        let hosts = try #require(events.all.last?["hosts"] as? [String: [String: Any]])
        for host in hosts.values {
            #expect(host["labelledRetransmissions"] as? Int == host["kernelRetransmissions"] as? Int)
        }
        // What the kernel says at a connection's end agrees.
        let ends = events.named("kernel").filter { $0["occasion"] as? String == "end" && $0["host"] as? String == "A" }
        let totals = ends.compactMap { ($0["info"] as? [String: Any])?["totalRetransmissions"] as? Int }
        #expect(totals.max() == hosts["A"]?["kernelRetransmissions"] as? Int)
        #expect(events.named("output").compactMap { $0["content"] as? String }.contains("20000"))
    }

    @Test func treatsEachDirectionAsItIsTold() throws {
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--json", "--delay", "A:2ms,B:30ms", "--duplicate", "b:100%", "--server",
            "nc -l 9000", "--client", "echo x | nc -N {server} 9000"
        ).finish()
        #expect(outcome.ending == .exited(0))
        let events = try Events(outcome.lines)
        let hosts = try #require(events.all.last?["hosts"] as? [String: [String: Any]])
        let doubled = ["A", "B"].map { (hosts[$0]?["link"] as? [String: Int])?["doubled"] ?? 0 }
        #expect(doubled[0] == 0 && doubled[1] > 0)
        // What each frame waited.
        for (host, wait) in [("A", 2_000_000), ("B", 30_000_000)] {
            let verdicts = events.named("link").filter {
                $0["source"] as? String == host && $0["kind"] as? String != "neighborDiscovery"
            }
            #expect(!verdicts.isEmpty)
            for verdict in verdicts {
                let departure = try #require((verdict["departures"] as? [String])?.first)
                let waited = try Events.nanoseconds(departure) - Events.time(verdict)
                #expect(waited >= Int64(wait), "from \(host)")
            }
            let least =
                try verdicts.map {
                    try Events.nanoseconds(#require(($0["departures"] as? [String])?.first)) - Events.time($0)
                }.min() ?? 0
            #expect(least < Int64(wait) + 25_000_000)
        }
    }

    @Test func runsOverIPv6() throws {
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--json", "--loss", "3%", "--delay", "2ms", "--seed", "4", "--server",
            "nc -6 -l 9000 | wc -c",
            "--client", "head -c 300000 /dev/zero | nc -N {server6} 9000"
        ).finish()
        #expect(outcome.ending == .exited(0), "\(outcome.errorLines)")
        let events = try Events(outcome.lines)
        #expect(events.named("output").compactMap { $0["content"] as? String }.contains("300000"))
        let flow = try #require(events.named("flow").first)
        #expect(flow["responder"] as? String == "[fd07::2]:9000")
        let hosts = try #require(events.all.last?["hosts"] as? [String: [String: Any]])
        #expect((hosts["A"]?["link"] as? [String: Int])?["dropped"] ?? 0 > 0)
        for host in hosts.values {
            #expect(host["labelledRetransmissions"] as? Int == host["kernelRetransmissions"] as? Int)
        }
        let samples = events.named("kernel").compactMap { $0["local"] as? String }
        #expect(samples.contains { $0.hasPrefix("[fd07::1]:") })
    }

    @Test func drawsPictures() throws {
        let folder = try TemporaryFolder()
        let (ladder, plot) = (folder.path("ladder.svg"), folder.path("plot.svg"))
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--quiet", "--delay", "10ms", "--svg", ladder, "--plot", plot, "--server", "nc -l 9000",
            "--client", "head -c 200000 /dev/zero | nc -N {server} 9000"
        ).finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.errorLines == [])
        // It is as quiet as it was told.
        #expect(!outcome.lines.contains { $0.contains("─▶") })
        for (file, words) in [(ladder, ["SYN ACK seq 0", "the link"]), (plot, ["congestion window", "in flight"])] {
            let picture = try String(contentsOfFile: file, encoding: .utf8)
            for word in words { #expect(picture.contains(word)) }
        }
    }

    @Test(arguments: ["--pcap", "--svg", "--plot"])
    func saysWhatCannotBeWrittenBeforeAnything(option: String) throws {
        let outcome = try ChildProcess.wirewatch("lab", "run", option, "/nonexistent/x", "--client", "echo ran")
            .finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1)
    }

    @Test func marksAndEscapesWhatProgramsWrite() throws {
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--quiet", "--server", "echo up; nc -u -l 9000",
            "--client", #"printf 'a\033[31mb\r\nlast'; printf 'oops\n' >&2; echo "{server} $WIREWATCH_CLIENT6" >&2"#
        ).finish()
        #expect(outcome.lines.contains("server │ up"))
        #expect(outcome.lines.contains(#"client │ a\x1b[31mb"#))
        #expect(outcome.lines.contains("client │ last"))
        #expect(outcome.lines.contains("client │ oops"))
        #expect(outcome.lines.contains("client │ 10.7.0.2 fd07::1"))
    }

    @Test func startsTheClientWhenTheServerListens() throws {
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--quiet", "--server", "sleep 0.3; echo late; nc -6 -l 9000", "--client",
            "echo hello | nc -N {server6} 9000"
        ).finish()
        #expect(outcome.ending == .exited(0), "\(outcome.lines)")
        #expect(outcome.lines.contains("server │ hello"))
    }

    @Test func keepsBothCaptures() throws {
        let folder = try TemporaryFolder()
        let file = folder.path("run.pcap")
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--quiet", "--pcap", file, "--server", "nc -l 9000", "--client",
            "echo x | nc -N {server} 9000"
        ).finish()
        #expect(outcome.ending == .exited(0))
        for name in ["run-A.pcap", "run-B.pcap"] {
            let read = try Events(ChildProcess.wirewatch("flows", "--json", folder.path(name)).finish().lines)
            #expect(read.named("flow").count == 1)
        }
    }

    @Test func saysThatAServerDoesNotListen() throws {
        let outcome = try ChildProcess.wirewatch("lab", "run", "--quiet", "--server", "sleep 20", "--client", "true")
            .finish()
        #expect(outcome.errorLines.contains { $0.contains("the server did not listen within 2 s") })
    }

    // MARK: Nothing is left

    enum Place: CaseIterable, Sendable {
        case privateNetwork
        case hostLoopback
        /// Where the system gives no process namespace, the init of each program kills its descendants itself.
        case hostLoopbackWithoutProcessNamespaces

        func start(_ arguments: [String], _ marked: MarkedProcesses) throws -> ChildProcess {
            let all = ["lab", "run", "--quiet"] + (self == .privateNetwork ? [] : ["--host-loopback"]) + arguments
            let program = ChildProcess.builtProductsDirectory + "/wirewatch"
            guard self == .hostLoopbackWithoutProcessNamespaces else { return try marked.start(program, all) }
            let script = "echo 0 > /proc/sys/user/max_pid_namespaces && exec \"$0\" \"$@\""
            return try marked.start("/usr/bin/unshare", ["-Urn", "bash", "-c", script, program] + all)
        }
    }

    @Test(.enabled(if: DemoTests.canLimitNamespaces), arguments: [SIGKILL, SIGINT, SIGTERM], Place.allCases)
    func leavesNothingBehind(signal: Int32, place: Place) throws {
        let marked = MarkedProcesses()
        let noise = "setsid sleep 1000 & (sleep 1000 &) ; echo up"
        // The server has no ear for SIGTERM.
        let server = "nc -u -l 0.0.0.0 0 & \(noise); trap '' TERM; sleep 1000"
        let run = try place.start(["--server", server, "--client", "\(noise); sleep 1000"], marked)
        for _ in 0..<2 { _ = try run.waitForLine { $0.hasSuffix("│ up") } }
        // Two inits, two shells, two sleeps of each.
        #expect(marked.running.count >= 8)
        run.send(signal: signal)
        let outcome = try run.finish()
        #expect(outcome.ending == (signal == SIGKILL ? .signalled(SIGKILL) : .exited(130)))
        #expect(marked.awaitEnd() == [])
    }

    /// Kills wirewatch while it starts, runs and ends.
    @Test func leavesNothingBehindWheneverItIsKilled() throws {
        for milliseconds in stride(from: 0, to: 400, by: 40) {
            let marked = MarkedProcesses()
            let run = try marked.wirewatch(
                "lab", "run", "--quiet", "--server", "nc -u -l 9000 & sleep 1000", "--client",
                "setsid sleep 1000 & sleep 0.1")
            usleep(UInt32(milliseconds) * 1000)
            run.send(signal: SIGKILL)
            _ = try run.finish()
            #expect(marked.awaitEnd() == [], "killed after \(milliseconds) ms")
        }
    }

    @Test func aDaemonIsEndedToo() throws {
        let marked = MarkedProcesses()
        let outcome = try marked.wirewatch(
            "lab", "run", "--quiet", "--server", "(nc -l 9000 &) ; setsid sleep 1000 & exit 0", "--client",
            "echo x | nc -N {server} 9000"
        ).finish()
        #expect(outcome.ending == .exited(0), "\(outcome.lines)")
        #expect(outcome.lines.contains("server │ x"))
        #expect(marked.running == [])
    }

    /// A program that writes more than can be shown at once waits; it does not fill the memory, and nothing is lost.
    @Test func showsEveryLineOfMany() throws {
        let outcome = try ChildProcess.wirewatch("lab", "run", "--quiet", "--client", "seq 30000").finish()
        let lines = outcome.lines.filter { $0.hasPrefix("client │ ") }
        #expect(lines == (1...30000).map { "client │ \($0)" })
    }

    // MARK: Without rights

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func runsOnTheHostsLoopbackWithoutRights() throws {
        let outcome = try DemoUser.nobody.run([
            "lab", "run", "--host-loopback", "--client", "echo {server} {client6}; exit 3",
        ])
        #expect(outcome.ending == .exited(3))
        #expect(outcome.lines.contains("client │ 127.0.0.1 ::1"))
        #expect(outcome.errorLines.contains { $0.hasPrefix("wirewatch: no frames are shown: ") })
    }

    @Test(.enabled(if: DemoTests.canLimitNamespaces, "needs unshare(1) and the right to make user namespaces"))
    func saysWhatIsForbiddenAndWhatToDo() throws {
        let program = ChildProcess.builtProductsDirectory + "/wirewatch"
        for (limit, start) in [("net", "cannot make a network namespace"), ("pid", "cannot make a process namespace")] {
            let script = "echo 0 > /proc/sys/user/max_\(limit)_namespaces; exec \(program) lab run --client true"
            let outcome = try ChildProcess("/usr/bin/unshare", ["-Urn", "bash", "-c", script]).finish()
            #expect(outcome.ending == .exited(1))
            let lines = outcome.errorLines.filter { !$0.isEmpty }
            #expect(lines.count == 1)
            #expect(lines.first?.hasPrefix("wirewatch: \(start)") == true)
            #expect(lines.first?.contains("--host-loopback") == true)
        }
    }

    @Test(arguments: [
        ["--client", "true", "--mtu", "100"], ["--client", "true", "--loss", "A:1%,2%"],
        ["--client", "true", "--delay", "C:1ms"], ["--client", "true", "--rate", "A:"],
        ["--host-loopback", "--client", "true", "--svg", "x.svg"],
        ["--host-loopback", "--loss", "1%", "--client", "true"],
        ["--server", "x"],
    ])
    func refusesWhatMakesNoSense(arguments: [String]) throws {
        #expect(try ChildProcess.wirewatch(arguments: ["lab", "run"] + arguments).finish().ending == .exited(64))
    }
}
