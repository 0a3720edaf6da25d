import TestSupport
import Testing

/// The paper's programs over UDP, each manner with each: a datagram that is sent is a datagram on the wire.
@Suite(
    "UDP programs, and what the wire carried",
    .enabled(if: TruthTests.canMakeNamespaces, "needs the right to make namespaces"))
struct UDPOnTheWireTests {
    private static let port: UInt16 = 9000

    /// The octets that `--size` sends.
    private static func filler(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(ascii: "0") + UInt8($0 % 10) } }

    /// The payloads of the datagrams to `port`, the same at both ends.
    private func payloads(_ pair: LabPair, to port: UInt16 = port) -> [[UInt8]] {
        let sent = pair.client.datagrams.filter { $0.destinationPort == port }.map(\.payload)
        #expect(pair.server.datagrams.filter { $0.destinationPort == port }.map(\.payload) == sent)
        return sent
    }

    /// The paper's receiver prints its whole buffer, and dies of text that is not UTF-8.
    @Test("Datagrams of each size, and what the receiver's buffer holds of them", arguments: LabPair.Manners.all)
    func sizes(manners: LabPair.Manners) throws {
        let send = "{wirewatch} udp send {server}:9000 --io \(manners.client)"
        let pair = try LabPair(
            server: "{wirewatch} udp receive {server}:9000 --io \(manners.server) --content 8",
            client: #"printf 'a line\n\nnot UTF-8: \377\nexit\nnever\n' | "# + send
                + " && \(send) --size 1472 --count 2 && \(send) --size 4000")
        let fromLines = [Array("a line".utf8), [], Array("not UTF-8: ".utf8) + [0xFF]]
        #expect(payloads(pair) == fromLines + [1472, 1472, 4000].map(Self.filler))
        // An Ethernet frame holds 1480 octets behind an IPv4 header.
        let frames = pair.client.datagrams.filter { $0.destinationPort == Self.port }.map(\.frameCount)
        #expect(frames == [1, 1, 1, 1, 1, 3])
        let shown = pair.serverLines.filter { $0.contains(" of ") && $0.contains(" octets") }
        try #require(shown.count == 6, "\(pair.serverLines)")
        #expect(shown[0].hasSuffix("6 of 6 octets                     a line"))
        #expect(shown[1].hasSuffix("0 of 0 octets"))
        #expect(shown[3].hasSuffix("1472 of 1472 octets               01234567…"))
        #expect(shown[5].contains("1500 of 4000 octets: 2500 lost"))
    }

    @Test("Numbered datagrams bear the numbers from 1 on, from one socket", arguments: LabPair.Manners.all)
    func numbers(manners: LabPair.Manners) throws {
        let options = "--numbered --size 64 --count 200 --rate 1000"
        let pair = try LabPair(
            server: "{wirewatch} udp receive {server}:9000 --io \(manners.server) --numbered",
            client: "{wirewatch} udp send {server}:9000 --io \(manners.client) \(options)")
        let sent = payloads(pair)
        #expect(sent.allSatisfy { $0.count == 64 })
        let numbers = sent.map { $0[8..<12].reduce(0) { $0 << 8 | Int($1) } }
        #expect(numbers == Array(1...200))
        #expect(Set(pair.client.datagrams.map(\.sourcePort)).count == 1)
        #expect(pair.serverLines.contains { $0.hasSuffix(" 0/200 (0%)  receiver") }, "\(pair.serverLines)")
    }

    @Test("A duplex sender hears its answers on the socket that it sends from", arguments: LabPair.Manners.all)
    func duplex(manners: LabPair.Manners) throws {
        let options = "--duplex --count 5 --interval 5ms --wait 1s"
        let pair = try LabPair(
            server: "{wirewatch} udp receive {server}:9000 --io \(manners.server) --echo",
            client: "{wirewatch} udp send {server}:9000 --io \(manners.client) \(options)")
        let messages = (1...5).map { Array("message \($0)".utf8) }
        #expect(payloads(pair) == messages)
        let port = try #require(pair.client.datagrams.first?.sourcePort)
        #expect(payloads(pair, to: port) == messages)
        #expect(pair.client.datagrams.allSatisfy { [$0.sourcePort, $0.destinationPort].contains(port) })
        #expect(pair.clientLines.filter { $0.contains("9 of 9 octets") }.count == 5, "\(pair.clientLines)")
    }

    @Test("Two who chat send and receive on one socket each", arguments: LabPair.Manners.all)
    func chat(manners: LabPair.Manners) throws {
        // The client may not be there yet when the server's side begins.
        let pair = try LabPair(
            server: "for _ in 1 2 3 4 5 6 7 8 9 10; do echo from the server; sleep 0.1; done |"
                + " {wirewatch} udp chat {client}:9001 --bind {server}:9000 --wait 1m --io \(manners.server)",
            client: #"(printf 'from the client\nagain \377\n'; sleep 1) |"#
                + " {wirewatch} udp chat {server}:9000 --bind {client}:9001 --io \(manners.client)")
        #expect(payloads(pair) == [Array("from the client".utf8), Array("again ".utf8) + [0xFF]])
        let answers = pair.server.datagrams.filter { $0.destinationPort == 9001 }
        #expect(!answers.isEmpty)
        #expect(answers.allSatisfy { $0.sourcePort == Self.port && $0.payload == Array("from the server".utf8) })
        #expect(pair.clientLines.contains { $0.hasSuffix("15 of 15 octets                   from the server") })
        // The lab shows a program's backslash as two.
        for said in ["from the client", #"again \\xff"#] {
            #expect(pair.serverLines.contains { $0.hasPrefix("10.7.0.1:9001 ") && $0.hasSuffix(said) })
        }
    }
}
