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

    @Test func aShellReachesTheOtherHost() throws {
        let wirewatch = ChildProcess.builtProductsDirectory + "/wirewatch"
        let shell = try ChildProcess("/usr/bin/env", ["SHELL=/bin/sh", wirewatch, "lab", "shell", "--loss", "0"])
        shell.write("\(wirewatch) lab in B cat /proc/net/fib_trie | grep -m1 -o 10.7.0.2; readlink /proc/self/ns/net\n")
        shell.write("\(wirewatch) lab in B readlink /proc/self/ns/net; exit 6\n")
        let outcome = try shell.finish()
        #expect(outcome.ending == .exited(6), "\(outcome.errorLines)")
        let namespaces = outcome.lines.filter { $0.hasPrefix("net:[") }
        #expect(outcome.lines.contains("10.7.0.2"))
        #expect(namespaces.count == 2 && namespaces[0] != namespaces[1])
        #expect(outcome.lines.contains { $0.hasPrefix("- link A → B: ") })
    }

    /// Drives a shell behind a terminal of its own, and prints what came of it. Each step waits for what it expects.
    private static let terminal = #"""
        import os, pty, select, sys, time
        process, terminal = pty.fork()
        if process == 0: os.execv(sys.argv[1], [sys.argv[1], 'lab', 'shell'])
        said = b''
        def expect(text):
            global said
            deadline = time.time() + 15
            while text not in said:
                if time.time() > deadline: sys.exit('no ' + repr(text) + ' in ' + repr(said))
                if select.select([terminal], [], [], 0.1)[0]: said += os.read(terminal, 65536)
            said = said[said.index(text) + len(text):]
        def say(text): os.write(terminal, text)
        def run(text, answer):
            say(text); expect(answer); expect(b'ready> ')
        expect(b'this is host A')
        run(b"PS1='rea''dy> '\n", b'\r\n')
        run(b"echo up-$((6*7))\n", b'up-42')
        # cat has the terminal once it says again what was typed.
        say(b"cat\n"); expect(b'cat\r\n')
        say(b"again\n"); expect(b'again\r\n'); expect(b'again\r\n')
        run(bytes([3]), b'^C')
        run(b"echo next-$((6*8))\n", b'next-48')
        run(b"sh -c 'echo stop''ped; kill -STOP $$; echo went-$((6*9))'\n", b'stopped\r\n')
        run(b"fg\n", b'went-54')
        say(b"exit 7\n"); expect(b'shell: exit code 7')
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
        """#

    @Test(.enabled(if: Tool("python3") != nil, "needs python3, which makes the terminal"))
    func aShellHasTheTerminal() throws {
        let wirewatch = ChildProcess.builtProductsDirectory + "/wirewatch"
        let outcome = try ChildProcess(
            "/usr/bin/env", ["SHELL=/bin/sh", "TERM=dumb", "python3", "-c", Self.terminal, wirewatch]
        ).finish()
        #expect(outcome.lines.first == "7", "\(outcome.errorLines)")
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

        func start(_ arguments: [String]) throws -> ChildProcess {
            let all = ["lab", "run", "--quiet"] + (self == .privateNetwork ? [] : ["--host-loopback"]) + arguments
            guard self == .hostLoopbackWithoutProcessNamespaces else {
                return try ChildProcess.wirewatch(arguments: all)
            }
            let script = "echo 0 > /proc/sys/user/max_pid_namespaces && exec \"$0\" \"$@\""
            let program = ChildProcess.builtProductsDirectory + "/wirewatch"
            return try ChildProcess("/usr/bin/unshare", ["-Urn", "bash", "-c", script, program] + all)
        }
    }

    @Test(.enabled(if: DemoTests.canLimitNamespaces), arguments: [SIGKILL, SIGINT, SIGTERM], Place.allCases)
    func leavesNothingBehind(signal: Int32, place: Place) throws {
        // A sleep of a length of its own is found among all processes.
        let marker = "sleep 1000.\(UInt64.random(in: 1_000_000...9_999_999))"
        let noise = "setsid \(marker) & (\(marker) &) ; readlink /proc/self/ns/net"
        // The server has no ear for SIGTERM.
        let server = "nc -u -l 0.0.0.0 0 & \(noise); trap '' TERM; \(marker)"
        let run = try place.start(["--server", server, "--client", "\(noise); \(marker)"])
        let isLine = { (line: String) in line.contains("│ net:[") }
        let namespaces = try [run.waitForLine(where: isLine), run.waitForLine(where: isLine)]
            .compactMap { $0.split(separator: " ").last.map(String.init) }
        #expect(try Self.processes(marker).count >= 4)
        run.send(signal: signal)
        let outcome = try run.finish()
        #expect(outcome.ending == (signal == SIGKILL ? .signalled(SIGKILL) : .exited(130)))
        // The kernel may still be at it.
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        while ContinuousClock.now < deadline {
            let namespacesLeft = place == .privateNetwork ? Self.processes(inNetworkNamespaces: namespaces) : []
            if try Self.processes(marker).isEmpty, namespacesLeft.isEmpty { return }
            usleep(5_000)
        }
        Issue.record("left: \(try Self.processes(marker))")
    }

    /// Kills wirewatch while it starts, runs and ends.
    @Test func leavesNothingBehindWheneverItIsKilled() throws {
        let marker = "sleep 1000.\(UInt64.random(in: 1_000_000...9_999_999))"
        for milliseconds in stride(from: 0, to: 400, by: 40) {
            let run = try ChildProcess.wirewatch(
                "lab", "run", "--quiet", "--server", "nc -u -l 9000 & \(marker)", "--client",
                "setsid \(marker) & sleep 0.1")
            usleep(UInt32(milliseconds) * 1000)
            run.send(signal: SIGKILL)
            _ = try run.finish()
            let deadline = ContinuousClock.now.advanced(by: .seconds(10))
            while try !Self.processes(marker).isEmpty, ContinuousClock.now < deadline { usleep(2_000) }
            #expect(try Self.processes(marker) == [], "killed after \(milliseconds) ms")
        }
    }

    @Test func aDaemonIsEndedToo() throws {
        let marker = "sleep 1000.\(UInt64.random(in: 1_000_000...9_999_999))"
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--quiet", "--server", "(nc -l 9000 &) ; setsid \(marker) & exit 0", "--client",
            "echo x | nc -N {server} 9000"
        ).finish()
        #expect(outcome.ending == .exited(0), "\(outcome.lines)")
        #expect(outcome.lines.contains("server │ x"))
        #expect(try Self.processes(marker) == [])
    }

    /// A program that writes more than can be shown at once waits; it does not fill the memory, and nothing is lost.
    @Test func showsEveryLineOfMany() throws {
        let outcome = try ChildProcess.wirewatch("lab", "run", "--quiet", "--client", "seq 30000").finish()
        let lines = outcome.lines.filter { $0.hasPrefix("client │ ") }
        #expect(lines == (1...30000).map { "client │ \($0)" })
    }

    /// The processes in whose command line `marker` stands, but for wirewatch itself.
    private static func processes(_ marker: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            guard Int(name) != nil, let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
                return false
            }
            return String(decoding: line, as: UTF8.self).replacingOccurrences(of: "\0", with: " ").contains(marker)
        }
    }

    /// The processes in one of the network namespaces, by their names as links.
    private static func processes(inNetworkNamespaces namespaces: [String]) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/ns/net")
            return link.map { namespaces.contains($0) } ?? false
        }
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
        ["--client", "true", "--mtu", "100"], ["--host-loopback", "--loss", "1%", "--client", "true"],
        ["--server", "x"],
    ])
    func refusesWhatMakesNoSense(arguments: [String]) throws {
        #expect(try ChildProcess.wirewatch(arguments: ["lab", "run"] + arguments).finish().ending == .exited(64))
    }
}
