import FlowAnalysis
import TestSupport
import Testing

/// Which connections are followed, and over what.
@Suite struct HTTPWatchTests {
    private let post = "POST /p HTTP/1.1\r\nContent-Length: 100\r\n\r\n"

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.6\r\n", "220 mail ESMTP\r\n", "hello world\n", "\u{16}\u{03}\u{01}", "GET", "GETTING /",
        "EHLO example.org\r\n", "PRI * HTTP/2.0\r\n\r\n", "{\"a\":1}", " GET / HTTP/1.1\r\n", "get / HTTP/1.1\r\n",
        "GET  HTTP/1.1\r\n", "GET / HTTP/1.x\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1 20\r\n", "HTTP/2 200\r\n",
    ])
    func whatIsNoHTTPSaysNothing(text: String) {
        let feed = HTTPFeed()
        feed.send(.client, text)
        feed.send(.client, " more\r\n\r\n")
        feed.send(.server, "what?\r\n")
        feed.finish(.client)
        feed.finish(.server)
        #expect(feed.said.isEmpty)
        #expect(feed.conversationCount == 0)
    }

    @Test func segmentsOutOfOrder() {
        let feed = HTTPFeed()
        let octets = Array((post + String(repeating: "x", count: 100)).utf8)
        feed.segment(.client, at: 1, Array(octets[..<10]))
        feed.segment(.client, at: 61, Array(octets[60...]))
        #expect(feed.said.isEmpty)
        feed.segment(.client, at: 11, Array(octets[10..<60]))
        #expect(feed.said == ["1 POST /p length 100", "1 end 100"])
    }

    @Test func repetitionsChangeNothing() {
        let feed = HTTPFeed()
        let octets = Array("GET / HTTP/1.1\r\n\r\n".utf8)
        for _ in 1...3 { feed.segment(.client, at: 1, octets) }
        #expect(feed.said == ["1 GET / none", "1 end 0"])
    }

    /// A hole in a body is counted; the next message is found behind it.
    @Test func octetsMissingInABody() {
        let feed = HTTPFeed()
        feed.send(.client, post + String(repeating: "x", count: 20))
        feed.lose(.client, 50)
        feed.send(.client, String(repeating: "x", count: 30) + "GET / HTTP/1.1\r\n\r\n")
        feed.acknowledge(.server)
        #expect(feed.said == ["1 POST /p length 100", "1 end 100", "2 GET / none pipelined", "2 end 0"])
    }

    @Test func octetsMissingInAHead() {
        let feed = HTTPFeed()
        feed.send(.client, "GET / HTTP/1.1\r\nA: b\r\n\r\nGET /")
        feed.lose(.client, 5)
        feed.send(.client, "x HTTP/1.1\r\n\r\n")
        feed.acknowledge(.server)
        #expect(feed.said == ["1 GET / none", "1 end 0", "fault octetsMissing"])
    }

    /// A snapshot length cuts every frame: bodies are counted as they were on the wire.
    @Test func framesThatAreCut() {
        let feed = HTTPFeed()
        feed.snapshotLength = 40 + post.utf8.count + 10
        feed.send(.client, post + String(repeating: "x", count: 100))
        feed.send(.client, "GET / HTTP/1.1\r\n\r\n")
        #expect(feed.said == ["1 POST /p length 100", "1 end 100", "2 GET / none pipelined", "2 end 0"])
    }

    @Test func connectionsAreBounded() {
        let feed = HTTPFeed(limit: 16)
        for port in 1...1000 {
            feed.clientPort = UInt16(port)
            feed.send(.client, "GET / HTTP/1.1\r\n")
            #expect(feed.conversationCount <= 16)
        }
        #expect(feed.conversationCount == 16)
        // The last one is among those that are followed.
        feed.send(.client, "\r\n")
        #expect(feed.said == ["1 GET / none", "1 end 0"])
    }

    @Test func connectionsThatEndAreForgotten() {
        let feed = HTTPFeed()
        for port in 1...100 {
            feed.clientPort = UInt16(port)
            feed.send(.client, "GET / HTTP/1.1\r\n\r\n")
            if port % 2 == 0 {
                feed.reset(.server)
            } else {
                feed.finish(.client)
                feed.finish(.server)
            }
            #expect(feed.conversationCount == 0)
        }
        #expect(feed.said.count == 200)
    }

    /// Any octets, in segments of any size, in any order: nothing traps, and memory stays bounded.
    @Test(arguments: 0..<40)
    func anyOctets(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let words = [
            "GET ", "/", " HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "\r\n", "\n", "Content-Length: ", "5",
            "18446744073709551615",
            "Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n", "0\r\n", ":", " ", "\u{0}", "\u{FF}",
            "CONNECT a HTTP/1.1\r\n",
            "HTTP/1.1 101 \r\n\r\n", "HEAD / HTTP/1.1\r\n\r\n",
        ]
        let feed = HTTPFeed(limit: 4)
        for port in 1...20 {
            feed.clientPort = UInt16(port)
            feed.send(.client, "GET / HTTP/1.1\r\n", size: Int.random(in: 1...20, using: &generator))
            for _ in 0..<60 {
                let side: HTTPFeed.Side = Bool.random(using: &generator) ? .client : .server
                switch Int.random(in: 0..<20, using: &generator) {
                case 0: feed.lose(side, UInt32.random(in: 1...3000, using: &generator))
                case 1: feed.acknowledge(side)
                case 2: feed.segment(side, at: .random(in: 0...300, using: &generator), Array("xyz".utf8))
                case 3:
                    let octets = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
                    feed.send(side, octets, size: 7)
                default:
                    feed.send(
                        side, words[Int.random(in: 0..<words.count, using: &generator)],
                        size: Int.random(in: 1...9, using: &generator))
                }
            }
            #expect(feed.conversationCount <= 4, "seed \(seed)")
        }
        #expect(!feed.said.isEmpty, "seed \(seed)")
    }
}
