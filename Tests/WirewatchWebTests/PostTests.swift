import Foundation
import TestSupport
import Testing

/// `post` against our own server and Python's.
@Suite struct PostTests {
    private static let python = Tool("python3")

    /// Answers one POST by a status and a body, and prints what came.
    private static let answering = """
        import http.server, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                print(self.command, self.path, self.headers["Content-Type"], body.decode(), flush=True)
                answer = eval(sys.argv[2])
                self.send_response(int(sys.argv[1]))
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            def log_message(self, *arguments): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port, flush=True)
        server.handle_request()
        """

    private func post(
        _ arguments: [String] = ["--number", "5", "--boolean", "true"], answeredBy status: Int, _ body: String
    ) throws -> (post: ChildProcess.Outcome, received: String?) {
        let server = try ChildProcess(
            try #require(Self.python).url.path, ["-c", Self.answering, "\(status)", body])
        let port = try server.waitForLine("a port")
        let outcome = try ChildProcess(
            ChildProcess.builtProductsDirectory + "/wirewatch-web",
            ["post", "http://127.0.0.1:\(port)/data"] + arguments
        ).finish()
        return (outcome, try server.finish().lines.last)
    }

    /// An IPv6 address, which URLSession of Swift 6.3 refuses, and a name that has it.
    @Test(arguments: [("127.0.0.1", "127.0.0.1"), ("[::1]", "localhost"), ("[::1]", "[::1]")])
    func toOurOwnServer(address: String, name: String) throws {
        let server = try WebServer(address)
        let outcome = try ChildProcess.wirewatchWeb(
            "post", "http://\(name):\(server.port)/data", "--number", "4294967295", "--boolean", "false"
        ).finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines == ["Received: Data(number: 4294967295, boolean: false)"])
        #expect(try server.stop().ending == .exited(0))
    }

    @Test func anErrorAnswerFromAnIPv6Address() throws {
        let server = try WebServer("[::1]")
        let outcome = try ChildProcess.wirewatchWeb(
            "post", server.url + "/no?x=1", "--number", "1", "--boolean", "true"
        )
        .finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.lines == ["there is nothing here; POST to /data"])
        let stopped = try server.stop()
        #expect(stopped.lines.contains { $0.hasSuffix("POST /no?x=1  404") })
        let refused = try ChildProcess.wirewatchWeb("post", server.url + "/data", "--number", "1", "--boolean", "true")
            .finish()
        #expect(refused.ending == .exited(1))
        #expect(refused.errorLines.first?.contains("refused") == true)
    }

    @Test(.enabled(if: python != nil, "needs python3"))
    func sendsTheValueAsJSON() throws {
        let (outcome, received) = try post(answeredBy: 200, "b'fine'")
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines == ["fine"])
        #expect(received == #"POST /data application/json {"boolean":true,"number":5}"#)
    }

    @Test(.enabled(if: python != nil, "needs python3"), arguments: [400, 404, 500, 503])
    func anErrorAnswerIsAFailure(status: Int) throws {
        let (outcome, _) = try post(answeredBy: status, "b'no'")
        #expect(outcome.ending == .exited(1))
        #expect(outcome.lines == ["no"])
        #expect(outcome.errorLines.first?.hasSuffix("the server answered \(status)") == true)
    }

    @Test(.enabled(if: python != nil, "needs python3"))
    func theAnswerIsEscaped() throws {
        let (outcome, _) = try post(answeredBy: 200, #"b'a\x1b[31m\xffb'"#)
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines == [#"a\x1b[31m\xffb"#])
    }

    @Test(.enabled(if: python != nil, "needs python3"))
    func anAnswerWithoutEndIsGivenUp() throws {
        let (outcome, _) = try post(answeredBy: 200, "b'x' * 3000000")
        #expect(outcome.ending == .exited(1))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.first?.hasSuffix("the answer is longer than is read") == true)
    }

    /// A server that accepts and says nothing. URLSession's own limit was seen to pass unnoticed.
    @Test(
        .enabled(if: python != nil, "needs python3"), arguments: [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
    func aServerThatIsSilent(address: String, host: String) throws {
        let script = """
            import socket, sys
            s = socket.create_server((sys.argv[1], 0), family=socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
            print(s.getsockname()[1], flush=True)
            sys.stdin.read()
            """
        let server = try ChildProcess(try #require(Self.python).url.path, ["-c", script, address])
        let port = try server.waitForLine("a port")
        let outcome = try ChildProcess.wirewatchWeb(
            "post", "http://\(host):\(port)/data", "--number", "5", "--boolean", "true", "--timeout", "1"
        ).finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines.first?.contains("no answer within the time") == true)
        _ = try server.finish()
    }

    @Test func nobodyListens() throws {
        let server = try WebServer()
        let port = server.port
        _ = try server.stop()
        let outcome = try ChildProcess.wirewatchWeb(
            "post", "http://127.0.0.1:\(port)/data", "--number", "5", "--boolean", "true"
        ).finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines.count == 1)
    }

    @Test(arguments: [
        ["http://127.0.0.1:1/data", "--number", "4294967296", "--boolean", "true"],
        ["http://127.0.0.1:1/data", "--number", "-1", "--boolean", "true"],
        ["http://127.0.0.1:1/data", "--number", "1", "--boolean", "maybe"],
        ["127.0.0.1:1", "--number", "1", "--boolean", "true"],
        ["ftp://127.0.0.1/data", "--number", "1", "--boolean", "true"],
        ["http://127.0.0.1:1/data", "--number", "1"],
    ])
    func wrongUsage(arguments: [String]) throws {
        let outcome = try ChildProcess(
            ChildProcess.builtProductsDirectory + "/wirewatch-web", ["post"] + arguments
        ).finish()
        #expect(outcome.ending == .exited(64))
    }
}
