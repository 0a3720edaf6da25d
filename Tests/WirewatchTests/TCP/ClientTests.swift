import Foundation
import Glibc
import TestSupport
import Testing

@Suite("How wirewatch tcp connect begins and ends, live") struct ClientTests {
    static let manners = ["blocking", "async"]

    private func python(_ script: String) throws -> (server: ChildProcess, address: String) {
        let server = try ChildProcess("/usr/bin/env", ["python3", "-u", "-c", "import socket, sys\n" + script])
        return (server, "127.0.0.1:\(try server.waitForLine())")
    }

    private static let listening = """
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1])
        connection, peer = listener.accept()

        """

    @Test("--abort resets, an orderly end does not", arguments: manners)
    func abort(io: String) throws {
        for (options, expected) in [(["--abort"], "reset"), (["--linger", "3s"], "end"), ([], "end")] {
            let (server, address) = try python(
                Self.listening + """
                    try:
                        while connection.recv(100): pass
                        print("end")
                    except ConnectionResetError: print("reset")
                    """)
            let client = try ChildProcess.wirewatch(
                arguments: ["tcp", "connect", address, "--io", io, "--message", "x"] + options)
            #expect(try server.waitForLine() == expected)
            #expect(try client.finish().ending == .exited(0))
        }
    }

    @Test(
        "A server that does not end is left after the grace; with --half-close it is heard to its end",
        arguments: manners)
    func halfClose(io: String) throws {
        let slow =
            Self.listening + """
                while connection.recv(100): pass
                import time; time.sleep(1.5)
                try: connection.sendall(b"late")
                except OSError: pass
                """
        let (silent, first) = try python(slow)
        let left = try ChildProcess.wirewatch(
            "tcp", "connect", first, "--io", io, "--message", "x", "--grace", "300ms"
        ).finish()
        #expect(left.ending == .exited(0))
        #expect(left.lines.contains { $0.hasSuffix("did not end its stream, and was silent for 300ms") })
        #expect(!left.lines.contains { $0.contains("late") })

        let (late, second) = try python(slow)
        let heard = try ChildProcess.wirewatch(
            "tcp", "connect", second, "--io", io, "--message", "x", "--half-close", "--grace", "300ms"
        ).finish()
        #expect(heard.ending == .exited(0))
        #expect(heard.lines.contains { $0.hasSuffix("received 4 octets      late") })
        for server in [silent, late] { _ = try server.finish() }
    }

    /// A listener's queue of one that nobody accepts from: the kernel drops the next SYNs.
    @Test("--connect-timeout ends an attempt that nobody answers", arguments: manners)
    func connectTimeout(io: String) throws {
        let (server, address) = try python(
            """
            listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(0)
            crowd = []
            for _ in range(3):
                one = socket.socket(); one.setblocking(False); crowd.append(one)
                one.connect_ex(listener.getsockname())
            import time; time.sleep(0.1)
            print(listener.getsockname()[1])
            sys.stdin.read()
            """)
        let start = ContinuousClock.now
        let outcome = try ChildProcess.wirewatch(
            "tcp", "connect", address, "--io", io, "--message", "x", "--connect-timeout", "300ms"
        ).finish()
        let waited = start.duration(to: .now)
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines == ["wirewatch: cannot connect to \(address): timed out: the peer did not answer"])
        #expect(waited >= .milliseconds(300) && waited < .seconds(10))
        _ = server
    }

    @Test("--bind chooses the source, of the server's family", arguments: manners)
    func bind(io: String) throws {
        let (server, address) = try python(Self.listening + "print(peer[0])")
        let client = try ChildProcess.wirewatch(
            "tcp", "connect", address, "--io", io, "--bind", "127.0.0.3", "--message", "x", "--grace", "1s")
        #expect(try server.waitForLine() == "127.0.0.3")
        _ = try client.finish()
        let other = try ChildProcess.wirewatch("tcp", "connect", address, "--io", io, "--bind", "::1").finish()
        #expect(other.ending == .exited(1))
        #expect(
            other.errorLines == ["wirewatch: cannot connect to \(address): no address of the source's family"])
    }

    /// `ss` reads what the kernel holds of the socket.
    @Test(
        "Socket options reach the kernel",
        .enabled(if: Tool("ss") != nil, "needs ss"), arguments: manners)
    func options(io: String) throws {
        let (server, address) = try python(Self.listening + "connection.recv(1); print('there'); sys.stdin.read()")
        let client = try ChildProcess.wirewatch(
            "tcp", "connect", address, "--io", io, "--keep-alive", "100s,7s,3", "--no-delay", "--send-buffer", "20000",
            "--receive-buffer", "30000", seconds: 60)
        client.write("x\n")
        _ = try server.waitForLine { $0 == "there" }
        let port = try #require(address.split(separator: ":").last)
        let shown = try #require(Tool("ss")).run(["-tnoem", "state", "established", "dport", "= :\(port)"]).output
        #expect(shown.contains("timer:(keepalive,1min"), "\(shown)")
        // The kernel doubles what is asked.
        #expect(shown.contains("tb40000") && shown.contains("rb60000"), "\(shown)")
        _ = try server.finish()
        _ = try client.finish()
    }

    /// The option's value may be left out: what follows is then the server's address.
    @Test("--keep-alive alone has the kernel's times, wherever it stands", arguments: [true, false])
    func keepAliveAlone(isLast: Bool) throws {
        let (server, address) = try python(Self.listening + "while connection.recv(100): pass")
        let arguments = isLast ? [address, "--keep-alive"] : ["--keep-alive", address]
        let client = try ChildProcess.wirewatch(arguments: ["tcp", "connect"] + arguments + ["--message", "x"])
        #expect(try client.finish().ending == .exited(0))
        _ = try server.finish()
        let wrong = try ChildProcess.wirewatch("tcp", "connect", "--keep-alive", "1ms", address).finish()
        #expect(wrong.ending == .exited(64))
        #expect(wrong.errorLines.first?.contains("'1ms' is no keep-alive: write idle,interval,count") == true)
    }

    @Test(
        "Wrong usage exits with 64",
        arguments: [
            ["connect", ":1", "--abort", "--half-close"], ["connect", ":1", "--linger", "0s"],
            ["connect", ":1", "--ping-timeout", "1s"], ["connect", ":1", "--keep-alive", "1ms"],
            ["connect", ":1", "--keep-alive", "1s,1s,200"], ["connect", ":1", "--keep-alive", "1s,1s,1,1"],
            ["connect", ":1", "--bind", ""], ["listen", ":1", "--max-clients", "0"],
            ["listen", ":1", "--line-limit", "0"],
            ["chat", ":1", "--listen", "--bind", "::1"], ["listen", ":1", "--ping-interval", "0"],
        ])
    func usage(arguments: [String]) throws {
        let outcome = try ChildProcess.wirewatch(arguments: ["tcp"] + arguments).finish()
        #expect(outcome.ending == .exited(64))
        #expect(outcome.output == [])
    }
}
