import Glibc
import TestSupport
import Testing

@Suite("wirewatch tcp, live")
struct TrafficTCPTests {
    static let pairs = ["127.0.0.1", "[::1]"].flatMap { host in
        ["blocking", "async"].flatMap { listening in ["blocking", "async"].map { (host, listening, $0) } }
    }

    /// The address in a listener's first line, which names the port that the kernel chose.
    static func address(of listener: ChildProcess) throws -> String {
        let prefix = "listening on "
        return String(try listener.waitForLine { $0.hasPrefix(prefix) }.dropFirst(prefix.count))
    }

    @Test("Lines are sent, `exit` ends the sender, an interrupt the listener", arguments: pairs)
    func lines(host: String, listening: String, sending: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "\(host):0", "--io", listening)
        let address = try Self.address(of: listener)
        let sender = try ChildProcess.wirewatch("tcp", "connect", address, "--io", sending)
        sender.write("hello\n")
        _ = try listener.waitForLine { $0.hasSuffix("  line 1      hello") }
        sender.write(Array("not UTF-8: ".utf8) + [0xFF, 0x1B] + Array("[31m \u{9B}31m \\\nexit\nnever sent\n".utf8))
        let shown = try listener.waitForLine { $0.contains("not UTF-8") }
        #expect(shown.hasSuffix(#"line 2      not UTF-8: \xff\x1b[31m \u{009b}31m \\"#))
        let sent = try sender.finish(keepingInput: true)
        #expect(sent.ending == .exited(0))
        #expect(sent.errorLines == [])
        #expect(sent.lines.first?.contains("connected from") == true)
        #expect(sent.lines.last?.hasSuffix("closed") == true)
        _ = try listener.waitForLine { $0.hasSuffix("ended its stream") }
        listener.send(signal: SIGINT)
        let outcome = try listener.finish()
        #expect(outcome.ending == .exited(0))
        #expect(Self.news(outcome) == ["wirewatch: 1 connection, 32 octets received"])
        #expect(!outcome.lines.contains { $0.contains("never sent") })
        #expect(!outcome.output.contains(0x1B))
    }

    @Test("Several clients are served at once, and one that resets hurts no other", arguments: ["blocking", "async"])
    func severalClients(io: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0", "--io", io)
        let address = try Self.address(of: listener)
        let waiting = try ChildProcess.wirewatch("tcp", "connect", address)
        waiting.write("first\n")
        _ = try listener.waitForLine { $0.hasSuffix("line 1      first") }
        let broken = try ChildProcess(
            "/usr/bin/env", ["python3", "-c", Self.resetter, String(address.split(separator: ":")[1])])
        #expect(try broken.finish().ending == .exited(0))
        _ = try listener.waitForLine { $0.hasSuffix("receive failed: the peer reset the connection") }
        waiting.write("still here\n")
        _ = try listener.waitForLine { $0.hasSuffix("line 2      still here") }
        #expect(try waiting.finish().ending == .exited(0))
        listener.send(signal: SIGTERM)
        #expect(try listener.finish().ending == .exited(0))
    }

    private static let resetter = """
        import socket, struct, sys
        connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        """

    @Test("A lack of descriptors is said, waited out, and ends nothing", arguments: ["blocking", "async"])
    func withoutDescriptors(io: String) throws {
        let listener = try ChildProcess(
            "/bin/sh",
            [
                "-c", "ulimit -n 40; exec \"$0\" tcp listen 127.0.0.1:0 --max-clients 100 --io \(io)",
                ChildProcess.builtProductsDirectory + "/wirewatch",
            ])
        let address = try Self.address(of: listener)
        let crowd = try ChildProcess(
            "/usr/bin/env", ["python3", "-u", "-c", Self.crowd, String(address.split(separator: ":")[1])])
        _ = try listener.waitForErrorLine {
            $0 == "wirewatch: accepting is paused until a client leaves: this process has too many open files"
        }
        // The crowd leaves at the end of its input.
        #expect(try crowd.finish().ending == .exited(0))
        _ = try listener.waitForErrorLine { $0.hasPrefix("wirewatch: accepting again, after ") }
        let sender = try ChildProcess.wirewatch("tcp", "connect", address, "--message", "after them")
        #expect(try sender.finish().ending == .exited(0))
        _ = try listener.waitForLine { $0.hasSuffix("line 1      after them") }
        listener.send(signal: SIGINT)
        let outcome = try listener.finish()
        #expect(outcome.ending == .exited(0))
        let reports = outcome.errorLines.filter { $0.contains("accepting") }
        // Each pause is told when it begins and when it ends, and no failure of accept(2) in between.
        for (index, report) in reports.enumerated() {
            #expect(report.hasPrefix("wirewatch: accepting \(index % 2 == 0 ? "is paused" : "again, after ")"))
        }
        #expect(reports.count % 2 == 0 && reports.count <= 8)
    }

    private static let crowd = """
        import socket, sys
        crowd = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(60)]
        sys.stdin.read()
        """

    @Test("What the server says is shown until it ends", arguments: ["blocking", "async"])
    func answers(io: String) throws {
        let server = try ChildProcess(
            "/usr/bin/env", ["python3", "-u", "-c", Self.answerer])
        let port = try server.waitForLine()
        let client = try ChildProcess.wirewatch(
            "tcp", "connect", "127.0.0.1:\(port)", "--io", io, "--message", "question")
        let outcome = try client.finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.contains { $0.hasSuffix(#"sent 9 octets          question\n"#) })
        #expect(outcome.lines.contains { $0.hasSuffix("received 6 octets      answer") })
        #expect(try server.finish().lines == [port, "b'question\\n'"])
    }

    private static let answerer = """
        import socket
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1])
        connection, _ = listener.accept()
        question = b""
        while piece := connection.recv(100): question += piece
        print(question)
        connection.sendall(b"answer")
        connection.close()
        """

    @Test("nc and socat talk to a listener", arguments: ["blocking", "async"])
    func otherTools(io: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0", "--io", io)
        let address = try Self.address(of: listener)
        let parts = address.split(separator: ":").map(String.init)
        let nc = try ChildProcess("/usr/bin/env", ["nc", "-N", parts[0], parts[1]])
        nc.write("from nc")
        #expect(try nc.finish().ending == .exited(0))
        _ = try listener.waitForLine { $0.hasSuffix("line 1, no line feed from nc") }
        let socat = try ChildProcess("/usr/bin/env", ["socat", "-u", "-", "TCP:\(address)"])
        socat.write("from socat")
        #expect(try socat.finish().ending == .exited(0))
        _ = try listener.waitForLine { $0.hasSuffix("line 1, no line feed from socat") }
        listener.send(signal: SIGINT)
        #expect(try listener.finish().ending == .exited(0))
    }

    @Test("Failures are one clear line each, and exit with 1", arguments: ["blocking", "async"])
    func failures(io: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0", "--io", io)
        let address = try Self.address(of: listener)
        let second = try ChildProcess.wirewatch("tcp", "listen", address, "--io", io).finish()
        #expect(second.ending == .exited(1))
        #expect(second.lines == [])
        #expect(
            second.errorLines == [
                "wirewatch: cannot listen on \(address): address already in use. "
                    + "Choose another port, or see who holds it with: ss -lntup"
            ])
        listener.send(signal: SIGINT)
        #expect(try listener.finish().ending == .exited(0))

        let refused = try ChildProcess.wirewatch("tcp", "connect", address, "--io", io).finish()
        #expect(refused.ending == .exited(1))
        #expect(
            refused.errorLines == [
                "wirewatch: cannot connect to \(address): connection refused. Nothing listens there: start a listener first"
            ])

        let unknown = try ChildProcess.wirewatch("tcp", "connect", "nonexistent.invalid:9", "--io", io).finish()
        #expect(unknown.ending == .exited(1))
        #expect(unknown.errorLines.count == 1)
        #expect(unknown.errorLines.first?.hasPrefix("wirewatch: cannot find nonexistent.invalid: ") == true)

        let foreign = try ChildProcess.wirewatch("tcp", "listen", "192.0.2.1:9", "--io", io).finish()
        #expect(foreign.ending == .exited(1))
        #expect(foreign.errorLines.first?.contains("this machine has no such address") == true)
    }

    @Test(
        "Wrong usage exits with 64",
        arguments: [
            ["listen", "127.0.0.1"], ["listen", "::1:80"], ["listen", "127.0.0.1:0", "--loss", "2"],
            ["connect", "127.0.0.1:1", "--interval", "1s", "--rate", "3"], ["connect", "127.0.0.1:1", "--io", "other"],
            ["connect", "127.0.0.1:1", "--count", "0"], ["connect", "127.0.0.1:1", "--interval", "soon"], ["connect"],
        ])
    func usage(arguments: [String]) throws {
        let outcome = try ChildProcess.wirewatch(arguments: ["tcp"] + arguments).finish()
        #expect(outcome.ending == .exited(64))
        #expect(outcome.output == [])
        #expect(!outcome.errorOutput.isEmpty)
    }

    @Test("An interrupt of a sender ends it with 130", arguments: ["blocking", "async"])
    func interruptedSender(io: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0")
        let sender = try ChildProcess.wirewatch("tcp", "connect", Self.address(of: listener), "--io", io)
        sender.write("one\n")
        _ = try sender.waitForLine { $0.hasSuffix(#"one\n"#) }
        sender.send(signal: SIGINT)
        #expect(try sender.finish(keepingInput: true).ending == .exited(130))
        listener.send(signal: SIGINT)
        #expect(try listener.finish().ending == .exited(0))
    }

    @Test("A reader that goes away ends a listener quietly", arguments: ["blocking", "async"])
    func closedPipe(io: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0", "--io", io)
        let address = try Self.address(of: listener)
        listener.closeOutput()
        let sender = try ChildProcess.wirewatch("tcp", "connect", address, "--count", "1")
        let outcome = try listener.finish(keepingInput: true)
        #expect(outcome.ending == .exited(0))
        #expect(Self.news(outcome) == [])
        _ = try sender.finish()
    }

    @Test("A share of all lets no data through, a share of none all of it", arguments: ["blocking", "async"])
    func loss(io: String) throws {
        for (loss, expected) in [("0%", "wirewatch: 1 connection, 500 octets received"), ("100%", nil)] {
            let listener = try ChildProcess.wirewatch(
                "tcp", "listen", "127.0.0.1:0", "--io", io, "--loss", loss, "--grace", "0s")
            let sender = try ChildProcess.wirewatch(
                "tcp", "connect", Self.address(of: listener), "--io", io, "--size", "500")
            _ = try sender.waitForLine { $0.contains("sent 500 octets") }
            _ = try sender.waitForLine { $0.hasSuffix("our stream ended") }
            _ = try listener.waitForLine { $0.hasSuffix("connected") }
            if expected != nil { #expect(try sender.finish().ending == .exited(0)) }
            listener.send(signal: SIGINT)
            let outcome = try listener.finish()
            #expect(Self.news(outcome) == [expected ?? "wirewatch: 1 connection, 0 octets received"])
        }
    }

    @Test(
        "A line beyond the limit is shown in parts, and a content limit cuts what is shown",
        arguments: ["blocking", "async"])
    func withoutLineFeeds(io: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0", "--io", io, "--content", "5")
        let sender = try ChildProcess.wirewatch("tcp", "connect", Self.address(of: listener))
        sender.write([UInt8](repeating: UInt8(ascii: "a"), count: 300_000))
        let outcome = try sender.finish()
        #expect(outcome.ending == .exited(0))
        _ = try listener.waitForLine { $0.hasSuffix("ended its stream") }
        listener.send(signal: SIGINT)
        let received = try listener.finish()
        #expect(Self.news(received) == ["wirewatch: 1 connection, 300000 octets received"])
        let parts = received.lines.filter { $0.contains("line 1") }
        #expect(parts.count == 5)
        for (number, part) in zip(1..., parts) { #expect(part.hasSuffix("  line 1, part \(number) aaaaa…")) }
    }

    /// What a program said on standard error, beside how many clients it can hold, and how many it still has at its end.
    static func news(_ outcome: ChildProcess.Outcome) -> [String] {
        outcome.errorLines.filter {
            !$0.hasPrefix("wirewatch: room for ") && !$0.hasPrefix("wirewatch: no new clients; ")
        }
    }
}
