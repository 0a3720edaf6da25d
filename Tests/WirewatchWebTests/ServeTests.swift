import Foundation
import TestSupport
import Testing

/// `serve` against curl and Python's sockets.
@Suite struct ServeTests {
    private static let curlTool = Tool("curl")
    private static let python = Tool("python3")

    /// The answer's status and body, and the headers' lines.
    private func curl(_ arguments: [String]) throws -> (status: Int, body: String, headers: [String]) {
        let run = try #require(Self.curlTool).run(["-s", "-i", "-g", "-m", "20"] + arguments)
        try #require(run.status == 0)
        let parts = run.output.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let head = parts[0].split(separator: "\r\n").map(String.init)
        let status = try #require(head.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return (status, parts.count > 1 ? String(parts[1]) : "", Array(head.dropFirst()))
    }

    private func post(_ json: String, to server: WebServer) throws -> (status: Int, body: String, headers: [String]) {
        try curl([server.url + "/data", "-H", "Content-Type: application/json", "--data-binary", json])
    }

    @Test(.enabled(if: curlTool != nil, "needs curl"), arguments: ["127.0.0.1", "[::1]"])
    func answersByWhatItReceived(host: String) throws {
        let server = try WebServer(host)
        #expect(server.url.hasPrefix("http://\(host):"))
        let answer = try post(#"{"number": 5, "boolean": true}"#, to: server)
        #expect(answer.status == 200)
        #expect(answer.body == "Received: Data(number: 5, boolean: true)")
        #expect(
            try post(#"{"boolean":false,"number":4294967295,"more":[1]}"#, to: server).body
                == "Received: Data(number: 4294967295, boolean: false)")
        let outcome = try server.stop()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.errorOutput.isEmpty)
        #expect(outcome.lines.count { $0.hasSuffix("POST /data  200") } == 2)
    }

    @Test(.enabled(if: curlTool != nil, "needs curl"))
    func namesTheFieldThatIsWrong() throws {
        let server = try WebServer()
        let number = "number: must be a whole number from 0 to 4294967295"
        let boolean = "boolean: must be true or false"
        let cases = [
            (#"{"number":4294967296,"boolean":true}"#, number), (#"{"number":-1,"boolean":true}"#, number),
            (#"{"number":1.5,"boolean":true}"#, number), (#"{"number":"5","boolean":true}"#, number),
            (#"{"number":1e400,"boolean":true}"#, number), (#"{"number":null,"boolean":true}"#, number),
            (#"{"number":{},"boolean":true}"#, number), (#"{"number":5,"boolean":1}"#, boolean),
            (#"{"number":5,"boolean":"true"}"#, boolean), (#"{"number":5,"boolean":null}"#, boolean),
            (#"{"number":5}"#, "boolean: is missing"), (#"{"boolean":true}"#, "number: is missing"),
            (#"{}"#, "number: is missing"), (#"[]"#, "the body must be a JSON object"),
            (#"5"#, "the body must be a JSON object"), (#"null"#, "the body must be a JSON object"),
            (#"{"number":5,"#, "the body is not JSON"), ("", "the body is not JSON"),
            (String(repeating: "[", count: 60_000), "the body is not JSON"),
        ]
        for (json, reason) in cases {
            let answer = try post(json, to: server)
            #expect(answer.status == 400, "\(json.prefix(80))")
            #expect(answer.body == reason, "\(json.prefix(80))")
        }
        #expect(try server.stop().ending == .exited(0))
    }

    @Test(.enabled(if: curlTool != nil, "needs curl"), arguments: ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
    func otherMethodsAreNotAllowed(method: String) throws {
        let server = try WebServer()
        let answer = try curl(["-X", method, server.url + "/data"])
        #expect(answer.status == 405)
        #expect(answer.headers.contains("Allow: POST"))
        #expect(try server.stop().ending == .exited(0))
    }

    @Test(.enabled(if: curlTool != nil, "needs curl"))
    func headHasNoBody() throws {
        let server = try WebServer()
        let answer = try curl(["-I", server.url + "/data"])
        #expect(answer.status == 405)
        #expect(answer.body.isEmpty)
        #expect(try server.stop().ending == .exited(0))
    }

    @Test(
        .enabled(if: curlTool != nil, "needs curl"),
        arguments: ["/", "/data/", "/Data", "/data2", "/..%2fdata", "/%1b%5b31m", "/data/../data2"])
    func otherPathsAreNotFound(path: String) throws {
        let server = try WebServer()
        #expect(try curl(["--path-as-is", "-d", "x", server.url + path]).status == 404)
        #expect(try server.stop().ending == .exited(0))
    }

    @Test(.enabled(if: curlTool != nil, "needs curl"))
    func aQueryIsNoPartOfThePath() throws {
        let server = try WebServer()
        let answer = try curl(
            [server.url + "/data?x=1", "-H", "Content-Type: application/json", "-d", #"{"number":0,"boolean":false}"#])
        #expect(answer.body == "Received: Data(number: 0, boolean: false)")
        #expect(try server.stop().ending == .exited(0))
    }

    @Test(
        .enabled(if: curlTool != nil, "needs curl"),
        arguments: [
            ["Content-Type: text/plain"], ["Content-Type:"], ["Content-Type: application/jsonp"],
            ["Content-Type: application/json", "Content-Encoding: gzip"],
        ])
    func otherMediaTypesAreUnsupported(headers: [String]) throws {
        let server = try WebServer()
        let body = ["-d", #"{"number":0,"boolean":false}"#]
        #expect(try curl([server.url + "/data"] + headers.flatMap { ["-H", $0] } + body).status == 415)
        #expect(try server.stop().ending == .exited(0))
    }

    @Test(
        .enabled(if: curlTool != nil, "needs curl"), arguments: ["application/json; charset=utf-8", "APPLICATION/JSON"])
    func jsonIsSupportedHoweverItIsWritten(mediaType: String) throws {
        let server = try WebServer()
        let body = ["-d", #"{"number":0,"boolean":false}"#]
        #expect(try curl([server.url + "/data", "-H", "Content-Type: " + mediaType] + body).status == 200)
        #expect(try server.stop().ending == .exited(0))
    }

    @Test(.enabled(if: curlTool != nil, "needs curl"), arguments: [[], ["-H", "Transfer-Encoding: chunked"]])
    func whatIsTooLargeIsRefused(options: [String]) throws {
        let server = try WebServer("127.0.0.1", ["--body-limit", "64"])
        let fitting = #"{"number":5,"boolean":true}"#
        func send(_ length: Int) throws -> Int {
            let body = fitting + String(repeating: " ", count: length - fitting.utf8.count)
            let arguments = [server.url + "/data", "-H", "Content-Type: application/json", "--data-binary", body]
            return try curl(arguments + options).status
        }
        #expect(try send(64) == 200)
        #expect(try send(65) == 413)
        #expect(try send(60_000) == 413)
        #expect(try send(64) == 200)
        #expect(try server.stop().ending == .exited(0))
    }

    /// What is no request is answered by 400 or by a close, and the next client is served.
    @Test(
        .enabled(if: python != nil, "needs python3"),
        arguments: [
            #"GARBAGE\r\n\r\n"#, #"\x00\xff\xfe\r\n\r\n"#, #"POST\r\n\r\n"#, #"POST /data HTTP/9.9\r\n\r\n"#,
            #"POST /data HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"#,
            #"POST /data HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"#,
            #"POST /data HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"#,
            #"POST /data HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n"#,
            #"POST /data HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"#,
            #"POST /data HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"#,
            #"POST /data HTTP/1.1\r\nno colon here\r\n\r\n"#, #"POST /data HTTP/1.1\r\nA b: c\r\n\r\n"#,
            #"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n"#, #"\r\n\r\n\r\n"#, #"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"#,
        ])
    func malformedRequests(octets: String) throws {
        let server = try WebServer()
        let python = try #require(Self.python)
        let answer = try server.exchange(raw: octets, python: python)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(80))")
        let good = #"POST /data HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 27\r\n"#
        let next = try server.exchange(
            raw: good + #"Connection: close\r\n\r\n{"number":7,"boolean":true}"#, python: python)
        #expect(next.hasSuffix("Received: Data(number: 7, boolean: true)"))
        #expect(try server.stop().ending == .exited(0))
    }

    /// Two requests in one segment are answered in their order (RFC 9112 §9.3.2).
    @Test(.enabled(if: python != nil, "needs python3"))
    func pipelinedRequests() throws {
        let server = try WebServer()
        let head = #"POST /data HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n"#
        let answer = try server.exchange(
            raw: head + #"{"number":1,"boolean":true}"# + head + #"{"number":2,"boolean":true}"#,
            python: try #require(Self.python))
        let first = try #require(answer.firstRange(of: "Received: Data(number: 1, boolean: true)"))
        let second = try #require(answer.firstRange(of: "Received: Data(number: 2, boolean: true)"))
        #expect(first.upperBound < second.lowerBound)
        #expect(try server.stop().ending == .exited(0))
    }

    /// A client that stops in the middle of its request holds up neither the others nor, beyond its grace, the end.
    @Test(.enabled(if: python != nil && curlTool != nil, "needs python3 and curl"))
    func aStalledClient() throws {
        let server = try WebServer("127.0.0.1", ["--grace", "0.3"])
        let script = """
            import socket, sys
            s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
            s.sendall(b"POST /data HTTP/1.1\\r\\nHost: a\\r\\nContent-Type: application/json\\r\\nContent-Length: 27\\r\\n\\r\\n{")
            print("stalled", flush=True)
            sys.stdin.read()
            """
        let stalled = try ChildProcess(try #require(Self.python).url.path, ["-c", script, server.port])
        _ = try stalled.waitForLine { $0 == "stalled" }
        #expect(try post(#"{"number":5,"boolean":true}"#, to: server).status == 200)
        #expect(try server.stop().ending == .exited(0))
        _ = try stalled.finish()
    }

    /// Bytes of a request never reach the terminal as they are.
    @Test(.enabled(if: python != nil, "needs python3"))
    func pathsAreEscaped() throws {
        let server = try WebServer()
        _ = try server.exchange(
            raw: #"POST /\xc2\x9b31m HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"#,
            python: try #require(Self.python))
        let outcome = try server.stop()
        #expect(!outcome.output.contains(0x1B))
        #expect(!String(decoding: outcome.output, as: UTF8.self).unicodeScalars.contains("\u{9B}"))
    }

    @Test func aPortThatIsTaken() throws {
        let server = try WebServer()
        let outcome = try ChildProcess.wirewatchWeb("serve", "127.0.0.1:\(server.port)").finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines.first?.contains("cannot listen on 127.0.0.1:\(server.port): ") == true)
        #expect(try server.stop().ending == .exited(0))
    }

    @Test(arguments: ["127.0.0.1", "x:y", "[::1", "127.0.0.1:99999"])
    func wrongAddressesAreWrongUsage(address: String) throws {
        #expect(try ChildProcess.wirewatchWeb("serve", address).finish().ending == .exited(64))
    }

    @Test func terminationEndsItInOrder() throws {
        let server = try WebServer()
        server.process.send(signal: 15)
        #expect(try server.process.finish().ending == .exited(0))
    }
}
