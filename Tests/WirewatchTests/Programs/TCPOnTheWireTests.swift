import PacketDecode
import TestSupport
import Testing

/// The paper's programs over TCP, each manner with each: what they say to each other is what the wire carries.
@Suite(
    "TCP programs, and what the wire carried",
    .enabled(if: TruthTests.canMakeNamespaces, "needs the right to make namespaces"))
struct TCPOnTheWireTests {
    private static let port: UInt16 = 9000

    private static func flags(_ segment: WireCapture.Segment) -> TCPFlags { segment.flags.subtracting(.psh) }

    /// The handshake first, then octets, then both halves' ends, and no reset: of the run's only connection.
    private func checkOrder(_ wire: WireCapture) throws -> UInt16 {
        let clients = wire.clients(of: Self.port)
        let client = try #require(clients.count == 1 ? clients[0] : nil)
        let segments = wire.segments.filter { $0.sourcePort == Self.port || $0.destinationPort == Self.port }
        // A machine with much to do may have let the SYN or its answer be sent again.
        let kinds = segments.map { Self.flags($0) }
        let handshake = kinds.enumerated().filter { kinds[..<$0.offset].last != $0.element }.map(\.element)
        #expect(handshake.starts(with: [.syn, [.syn, .ack], .ack]))
        let ends = [client, Self.port].compactMap { port in
            segments.firstIndex { $0.sourcePort == port && $0.flags.contains(.fin) }
        }
        // Where both have ended an end that is sent again, for the machine has much to do, may be answered by a reset.
        let reset = segments.firstIndex { $0.flags.contains(.rst) } ?? segments.endIndex
        #expect(ends.count == 2 && ends.allSatisfy { $0 < reset })
        for (source, destination) in [(client, Self.port), (Self.port, client)] {
            let half = wire.segments(from: source, to: destination)
            let end = try #require(half.firstIndex { $0.flags.contains(.fin) })
            // What follows an end is an acknowledgment, or the end again.
            #expect(half[(end + 1)...].allSatisfy { $0.payload.isEmpty || $0.flags.contains(.fin) })
        }
        return client
    }

    /// What either end sent, which is what the other's capture holds too.
    private func streams(_ pair: LabPair) throws -> (client: [UInt8], server: [UInt8]) {
        let port = try checkOrder(pair.client)
        let sent = pair.client.stream(from: port, to: Self.port)
        let answered = pair.server.stream(from: Self.port, to: port)
        #expect(pair.server.stream(from: port, to: Self.port) == sent)
        #expect(pair.client.stream(from: Self.port, to: port) == answered)
        return (sent, answered)
    }

    /// The paper's client ends on any line that is not `exit`, and its server dies of text that is not UTF-8.
    @Test("A client's lines, and a server that sends them back", arguments: LabPair.Manners.all)
    func lines(manners: LabPair.Manners) throws {
        let pair = try LabPair(
            server: "{wirewatch} tcp listen {server}:9000 --io \(manners.server) --echo",
            client: #"printf 'first\nnot UTF-8: \377\033\n\nexit\nnever\n' | "#
                + "{wirewatch} tcp connect {server}:9000 --io \(manners.client)")
        let said = Array("first\nnot UTF-8: ".utf8) + [0xFF, 0x1B] + Array("\n\n".utf8)
        let streams = try streams(pair)
        #expect(streams.client == said)
        #expect(streams.server == said)
        let client = pair.client.clients(of: Self.port)[0]
        let ends = pair.client.segments.filter { $0.flags.contains(.fin) }
        #expect(ends.first?.sourcePort == client, "who says exit ends first")
        let lines = pair.serverLines.filter { $0.contains("line ") }
        #expect(lines.allSatisfy { $0.hasPrefix("10.7.0.1:\(client) ") })
        // The lab shows a program's backslash as two.
        #expect(lines.count == 3 && lines[1].hasSuffix(#"line 2      not UTF-8: \\xff\\x1b"#))
    }

    @Test("The ways in which a client ends", arguments: LabPair.Manners.all)
    func endings(manners: LabPair.Manners) throws {
        let ways = ["--abort", "--linger 2s", "--half-close", ""]
        let pair = try LabPair(
            server: "{wirewatch} tcp listen {server}:9000 --io \(manners.server)",
            client: ways.map {
                "{wirewatch} tcp connect {server}:9000 --io \(manners.client) --message x \($0)"
            }.joined(separator: " && "))
        let clients = pair.client.clients(of: Self.port)
        try #require(clients.count == ways.count)
        for (way, client) in zip(ways, clients) {
            let sent = pair.client.segments(from: client, to: Self.port)
            let answered = pair.client.segments(from: Self.port, to: client)
            #expect(pair.client.stream(from: client, to: Self.port) == Array("x\n".utf8), "\(way)")
            let isReset = way == "--abort"
            #expect(sent.contains { $0.flags.contains(.rst) } == isReset, "\(way)")
            #expect(sent.contains { $0.flags.contains(.fin) } != isReset, "\(way)")
            #expect(!isReset || !answered.contains { $0.flags.contains(.fin) }, "\(way)")
            let reset = answered.firstIndex { $0.flags.contains(.rst) } ?? answered.endIndex
            #expect(!isReset || reset == answered.endIndex, "\(way)")
            #expect(isReset || answered[..<reset].contains { $0.flags.contains(.fin) }, "\(way)")
        }
    }

    /// RFC 7413: the first connection brings a cookie, with which the second one's SYN may carry data.
    /// What is ended before the SYN's answer has come is ended after it.
    @Test("With --fast-open what is said first is in the second SYN, and an end waits", arguments: LabPair.Manners.all)
    func fastOpen(manners: LabPair.Manners) throws {
        let switchOn = "echo 3 > /proc/sys/net/ipv4/tcp_fastopen"
        let connect = "{wirewatch} tcp connect {server}:9000 --io \(manners.client) --message hello --fast-open"
        let pair = try LabPair(
            server: "\(switchOn); {wirewatch} tcp listen {server}:9000 --io \(manners.server) --echo --fast-open",
            client: "\(switchOn); \(connect) && \(connect) && \(connect) --linger 2s &&"
                + " {wirewatch} tcp connect {server}:9000 --io \(manners.client) --fast-open </dev/null",
            delay: "20ms")
        let clients = pair.server.clients(of: Self.port)
        try #require(clients.count == 4)
        let carried = clients.map { client in
            pair.server.segments(from: client, to: Self.port).filter { $0.flags.contains(.syn) }.map(\.payload)
        }
        #expect(carried[0].allSatisfy { $0.isEmpty })
        #expect(carried[1].first == Array("hello\n".utf8))
        for (number, client) in clients.enumerated() {
            let said = number < 3 ? Array("hello\n".utf8) : []
            #expect(pair.server.stream(from: client, to: Self.port) == said)
            let sent = pair.client.segments(from: client, to: Self.port)
            #expect(sent.contains { $0.flags.subtracting(.psh) == .ack })
            // Who lingers does not read what comes back, and resets where that has come already.
            guard number != 2 else { continue }
            #expect(sent.contains { $0.flags.contains(.fin) })
            #expect(pair.client.stream(from: Self.port, to: client) == said)
            #expect(!sent.contains { $0.flags.contains(.rst) })
        }
    }

    @Test("A chat: both sides speak at once", arguments: LabPair.Manners.all)
    func chat(manners: LabPair.Manners) throws {
        let messages = "--count 20 --interval 50ms"
        let pair = try LabPair(
            server: "{wirewatch} tcp chat {server}:9000 --listen --io \(manners.server) \(messages)",
            client: "{wirewatch} tcp chat {server}:9000 --io \(manners.client) \(messages)")
        let said = (1...20).map { "message \($0)" }
        let streams = try streams(pair)
        for stream in [streams.client, streams.server] {
            #expect(stream == Array(said.map { $0 + "\n" }.joined().utf8))
        }
        for lines in [pair.clientLines, pair.serverLines] {
            #expect(lines.filter { $0.hasPrefix("< ") } == said.map { "< \($0)" })
            #expect(lines.filter { $0.hasPrefix("> ") } == said.map { "> \($0)" })
            #expect(lines.last == "* closed")
        }
        // Neither waited for the other to be done.
        let speakers = pair.client.segments.filter { !$0.payload.isEmpty }.map { $0.sourcePort == Self.port }
        for speaker in [true, false] {
            let first = try #require(speakers.firstIndex(of: speaker))
            let last = try #require(speakers.lastIndex(of: !speaker))
            #expect(first < last)
        }
    }

    @Test("Pings by lines are answered, among what is said", arguments: LabPair.Manners.all)
    func liveness(manners: LabPair.Manners) throws {
        let pair = try LabPair(
            server: "{wirewatch} tcp listen {server}:9000 --io \(manners.server) --ping-interval 100ms"
                + " --ping-timeout 50s",
            client: "{wirewatch} tcp connect {server}:9000 --io \(manners.client) --count 10 --interval 100ms")
        let streams = try streams(pair)
        let pings = String(decoding: streams.server, as: UTF8.self).split(separator: "\n").map(String.init)
        let said = String(decoding: streams.client, as: UTF8.self).split(separator: "\n").map(String.init)
        let answers = said.filter { $0.hasPrefix("PONG ") }
        #expect(pings == (1...max(1, pings.count)).map { "PING \($0)" })
        #expect(pings.count >= 2, "a second goes by")
        #expect(answers == (1...max(1, answers.count)).map { "PONG \($0)" })
        // The end of the client's half may come before the last answer.
        #expect((pings.count - 1...pings.count).contains(answers.count))
        #expect(said.filter { !$0.hasPrefix("PONG ") } == (1...10).map { "message \($0)" })
        #expect(pair.serverLines.filter { $0.contains("answered ping ") }.count == answers.count)
        #expect(pair.serverLines.filter { $0.contains("  line ") }.count == 10, "a ping is no line")
    }
}
