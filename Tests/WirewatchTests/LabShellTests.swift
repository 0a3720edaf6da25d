import Foundation
import Glibc
import TestSupport
import Testing

/// The lab's shell, live, and those who watch it.
@Suite(.enabled(if: TruthTests.canMakeNamespaces, "needs the right to make namespaces"))
struct LabShellTests {
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

    // MARK: The timeline

    private static let wirewatch = ChildProcess.builtProductsDirectory + "/wirewatch"

    /// In the shell: the other host listens, and this one says hello to it.
    private static let conversation = """
        \(wirewatch) lab in B nc -l 9000 &
        until \(wirewatch) lab in B grep -q ' 0A ' /proc/thread-self/net/tcp; do sleep 0.02; done
        echo hello | nc -N $WIREWATCH_SERVER 9000; wait
        echo said

        """

    private static func shell(_ arguments: String...) throws -> ChildProcess {
        try ChildProcess("/usr/bin/env", ["SHELL=/bin/sh", wirewatch, "lab", "shell"] + arguments)
    }

    /// Every frame, both ends' kernels and the link's verdicts, as many as the captures hold.
    private static func checkWholeStory(_ events: Events) {
        for host in ["A", "B"] {
            let packets = events.named("packet").filter { $0["host"] as? String == host }
            let numbers = packets.compactMap { $0["number"] as? Int }.sorted()
            #expect(numbers == Array(1...max(1, numbers.count)), "none is missing at \(host)")
            #expect(packets.contains { ($0["payloadLength"] as? Int ?? 0) == 6 })
            #expect(events.named("kernel").contains { $0["host"] as? String == host })
            #expect(events.named("link").contains { $0["source"] as? String == host })
        }
    }

    @Test func writesTheTimelineToAFile() throws {
        let folder = try TemporaryFolder()
        let (text, json) = (folder.path("text"), folder.path("json"))
        for arguments in [["--timeline", text], ["--timeline", json, "--json"]] {
            let shell = try ChildProcess(
                "/usr/bin/env", ["SHELL=/bin/sh", Self.wirewatch, "lab", "shell"] + arguments)
            shell.write(Self.conversation)
            let outcome = try shell.finish()
            #expect(outcome.ending == .exited(0), "\(outcome.errorLines)")
            #expect(outcome.lines.contains("hello"))
            // The terminal is the shell's.
            #expect(!outcome.lines.contains { $0.contains("─▶") })
        }
        let lines = try String(contentsOfFile: text, encoding: .utf8).split(separator: "\n")
        #expect(lines.first?.hasPrefix("time ") == true)
        #expect(lines.contains { $0.contains("├─▶ SYN ") })
        #expect(lines.contains { $0.contains("len 6 ─▶┤") })
        #expect(lines.allSatisfy { $0.count <= 120 })
        let events = try Events(String(contentsOfFile: json, encoding: .utf8).components(separatedBy: "\n"))
        Self.checkWholeStory(events)
    }

    @Test func isWatchedFromOutsideAndFromInside() throws {
        let shell = try Self.shell()
        shell.write("echo up\n")
        _ = try shell.waitForLine { $0 == "up" }
        let process = "\(shell.processID)"
        let early = try ChildProcess.wirewatch("lab", "watch", process, "--json")
        shell.write(Self.conversation)
        _ = try shell.waitForLine { $0 == "said" }
        // In the shell there is one lab in sight. Its view ends by itself, and holds what the timeline has let go. SYN and
        // SYN ACK are there each where it leaves and where it arrives.
        for (place, seen) in [("", "seen"), ("\(Self.wirewatch) lab in B ", "seen too")] {
            let count = "\(place)\(Self.wirewatch) lab watch --no-follow | grep -c SYN"
            shell.write("until [ \"$(\(count))\" = 4 ]; do :; done; echo \(seen)\n")
        }
        _ = try shell.waitForLine { $0 == "seen too" }
        let late = try ChildProcess.wirewatch("lab", "watch", process)
        _ = try late.waitForLine { $0.contains("FIN") }
        let outcome = try shell.finish()
        #expect(outcome.lines.contains("seen"), "\(outcome.lines)")
        for watcher in [early, late] {
            let end = try watcher.finish()
            #expect(end.ending == .exited(0))
            #expect(end.errorLines == ["wirewatch: the lab has ended"])
            if watcher === early { Self.checkWholeStory(try Events(end.lines)) }
        }
    }

    @Test func aWatcherThatLeavesHoldsNobodyUp() throws {
        let shell = try Self.shell()
        shell.write("echo up\n")
        _ = try shell.waitForLine { $0 == "up" }
        let process = "\(shell.processID)"
        let watcher = try ChildProcess.wirewatch("lab", "watch", process)
        _ = try watcher.waitForLine { $0.hasPrefix("time ") }
        watcher.send(signal: SIGINT)
        #expect(try watcher.finish().ending == .exited(0))
        shell.write(Self.conversation)
        #expect(try shell.finish().ending == .exited(0))
    }

    @Test func saysThatThereIsNothingToWatch() throws {
        let outcome = try ChildProcess.wirewatch("lab", "watch", "1").finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines.first?.contains("process 1 is no lab of yours") == true)
    }

    @Test(.enabled(if: DemoUser.nobody.hindrance == nil, "needs root and setpriv(1) to become another user"))
    func opensToNobodyElse() throws {
        let shell = try Self.shell()
        shell.write("echo up\n")
        _ = try shell.waitForLine { $0 == "up" }
        let process = "\(shell.processID)"
        let outcome = try DemoUser.nobody.run(["lab", "watch", process])
        #expect(outcome.ending == .exited(1))
        #expect(outcome.output.isEmpty)
        _ = try shell.finish()
    }

    // MARK: Nothing is left

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL])
    func leavesNothingBehind(signal: Int32) throws {
        for _ in 0..<4 {
            let marked = MarkedProcesses()
            let shell = try marked.wirewatch("lab", "shell")
            let stays = "sh -c 'echo up; exec sleep 1000' &"
            for start in ["setsid \(stays)", "\(Self.wirewatch) lab in B \(stays)"] {
                shell.write("\(start)\n")
                _ = try shell.waitForLine { $0 == "up" }
            }
            usleep(UInt32.random(in: 0...50_000))
            // wirewatch, the init, the shell and what it started.
            #expect(marked.running.count >= 5)
            shell.send(signal: signal)
            let outcome = try shell.finish(keepingInput: true)
            #expect(outcome.ending == (signal == SIGKILL ? .signalled(SIGKILL) : .exited(130)))
            #expect(marked.awaitEnd() == [])
        }
    }

    /// While it makes its network, and before its shell says anything.
    @Test func leavesNothingBehindWhenItIsKilledEarly() throws {
        for _ in 0..<6 {
            let marked = MarkedProcesses()
            let shell = try marked.wirewatch("lab", "shell")
            usleep(UInt32.random(in: 0...150_000))
            shell.send(signal: SIGKILL)
            _ = try shell.finish(keepingInput: true)
            #expect(marked.awaitEnd() == [])
        }
    }
}
