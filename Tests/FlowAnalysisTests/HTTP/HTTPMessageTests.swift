import FlowAnalysis
import Testing

/// Messages of HTTP/1.x (RFC 9112), in pieces of every size.
@Suite struct HTTPMessageTests {
    private let get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test(arguments: [1, 2, 3, 7, 1448])
    func aRequestAndItsResponse(size: Int) {
        let feed = HTTPFeed()
        feed.send(
            .client, "POST /data HTTP/1.1\r\nHost: h\r\nContent-Length: 27\r\n\r\n{\"number\":5,\"boolean\":true}",
            size: size)
        feed.send(.server, "HTTP/1.1 200 OK\r\ncontent-length:  5 \r\n\r\nhello", size: size)
        #expect(feed.said == ["1 POST /data length 27", "1 end 27", "1 200 length 5", "1 end 5"])
    }

    @Test func headsTellWhatTheyAre() throws {
        let feed = HTTPFeed()
        let request = "GET /" + String(repeating: "x", count: 400) + " HTTP/1.0\r\nA: b\r\n\r\n"
        feed.send(.client, request)
        guard case .head(let head)? = feed.events.first, case .request(_, let target, let length) = head.startLine
        else {
            Issue.record("no request")
            return
        }
        #expect(target.count == HTTPHead.keptTarget)
        #expect(length == 401)
        #expect(head.minorVersion == 0)
        #expect(head.headLength == UInt64(request.utf8.count))
        #expect(!head.isPipelined)
    }

    @Test(arguments: [1, 5, 1448])
    func oneRequestAfterTheOther(size: Int) {
        let feed = HTTPFeed()
        for _ in 1...3 {
            feed.send(.client, get, size: size)
            feed.send(.server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", size: size)
        }
        #expect(feed.said.filter { $0.hasSuffix("pipelined") }.isEmpty)
        #expect(feed.said.suffix(4) == ["3 GET /a none", "3 end 0", "3 200 length 2", "3 end 2"])
    }

    @Test(arguments: [1, 5, 1448])
    func pipelining(size: Int) {
        let feed = HTTPFeed()
        feed.send(.client, get + "HEAD /b HTTP/1.1\r\n\r\n" + get, size: size)
        feed.send(
            .server,
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
                + "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", size: size)
        #expect(
            feed.said == [
                "1 GET /a none", "1 end 0", "2 HEAD /b none pipelined", "2 end 0", "3 GET /a none pipelined", "3 end 0",
                "1 200 length 2", "1 end 2", "2 200 none", "2 end 0", "3 404 length 0", "3 end 0",
            ])
    }

    @Test(arguments: [1, 4, 1448])
    func chunked(size: Int) {
        let feed = HTTPFeed()
        feed.send(
            .client,
            "PUT /c HTTP/1.1\r\nTransfer-Encoding: gzip,\tChunked\r\nContent-Length: 3\r\n\r\n"
                + "5\r\nhello\r\nA;name=\"v\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n" + get, size: size)
        #expect(feed.said == ["1 PUT /c chunked", "1 end 15", "2 GET /a none pipelined", "2 end 0"])
    }

    @Test func aResponseUntilTheConnectionEnds() {
        let feed = HTTPFeed()
        feed.send(.client, get)
        feed.send(.server, "HTTP/1.0 200 OK\r\n\r\n0123456789")
        feed.send(.server, "abc")
        feed.finish(.server)
        #expect(feed.said == ["1 GET /a none", "1 end 0", "1 200 until close", "1 end 13"])
    }

    @Test(arguments: [false, true])
    func aBodyThatIsCutOff(byReset: Bool) {
        let feed = HTTPFeed()
        feed.send(.client, get)
        feed.send(.server, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
        if byReset { feed.reset(.server) } else { feed.finish(.server) }
        #expect(feed.said.suffix(2) == ["1 200 length 100", "1 end 10 cut"])
    }

    @Test func responsesWithoutBodies() {
        let feed = HTTPFeed()
        feed.send(.client, get + get)
        feed.send(.server, "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\nHTTP/1.1 204\r\n\r\n")
        #expect(feed.said.suffix(4) == ["1 304 none", "1 end 0", "2 204 none", "2 end 0"])
    }

    @Test func interimResponses() {
        let feed = HTTPFeed()
        feed.send(.client, "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
        feed.send(.server, "HTTP/1.1 100 Continue\r\n\r\n")
        feed.send(.client, "x")
        feed.send(.server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(
            feed.said == [
                "1 POST /a length 1", "1 100 none", "1 end 0", "1 end 1", "1 200 length 0", "1 end 0",
            ])
    }

    @Test func aTunnel() {
        let feed = HTTPFeed()
        feed.send(.client, "CONNECT h:443 HTTP/1.1\r\n\r\n")
        feed.send(.server, "HTTP/1.1 200 Connection established\r\n\r\n")
        feed.send(.client, [0x16, 0x03, 0x01, 0x00])
        feed.send(.server, [0x16, 0x03, 0x03, 0x00])
        #expect(feed.said == ["1 CONNECT h:443 none", "1 end 0", "1 200 tunnel"])
        #expect(feed.conversationCount == 0)
    }

    @Test func anUpgrade() {
        let feed = HTTPFeed()
        feed.send(.client, "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n")
        feed.send(.server, "HTTP/1.1 101 Switching Protocols\r\n\r\n" + "GET /x HTTP/1.1\r\n\r\n")
        #expect(feed.said == ["1 GET /ws none", "1 end 0", "1 101 tunnel"])
    }

    /// LF alone ends a line, empty lines before a start line are passed over (RFC 9112 §2.2), folded lines too (§5.2).
    @Test func lenience() {
        let feed = HTTPFeed()
        feed.send(.client, "GET / HTTP/1.1\nA: b\n c\nContent-Length: 2, 2\n\nok\r\n\r\n" + get)
        #expect(feed.said == ["1 GET / length 2", "1 end 2", "2 GET /a none pipelined", "2 end 0"])
    }

    @Test(arguments: [
        ("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "contentLength"),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "contentLength"),
        ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "contentLength"),
        ("POST / HTTP/1.1\r\nContent-Length: \r\n\r\n", "contentLength"),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "transferEncoding"),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk"),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "chunk"),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n", "chunk"),
        ("GET / HTTP/1.1\r\n\r\nnonsense\r\n", "startLine"),
        ("GET / HTTP/1.1\r\n\r\nGET / HTTP/2.0\r\n", "startLine"),
    ])
    func faults(octets: String, fault: String) {
        let feed = HTTPFeed()
        feed.send(.client, octets + "GET /never HTTP/1.1\r\n\r\n")
        #expect(feed.said.last == "fault \(fault)")
        #expect(!feed.said.contains { $0.contains("/never") })
    }

    @Test func linesThatAreTooLong() {
        let target = HTTPFeed()
        target.send(.client, "GET /" + String(repeating: "x", count: 9000) + " HTTP/1.1\r\n\r\n")
        #expect(target.said.isEmpty)
        let field = HTTPFeed()
        field.send(.client, "GET / HTTP/1.1\r\nCookie: " + String(repeating: "x", count: 100_000) + "\r\n\r\n")
        #expect(field.said == ["1 GET / none", "1 end 0"])
        let length = HTTPFeed()
        length.send(
            .client, "GET / HTTP/1.1\r\nContent-Length: " + String(repeating: "0", count: 9000) + "1\r\n\r\n")
        #expect(length.said == ["fault lineTooLong"])
    }
}
