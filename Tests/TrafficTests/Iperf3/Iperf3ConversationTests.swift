import SocketEvents
import Testing

/// Both sides of the control connection, talking to each other without a socket.
@Suite("The control conversation of iperf3")
struct Iperf3ConversationTests {
    private static let results = Iperf3Results(
        streams: [Iperf3Results.Stream(number: 1, octets: 1000, retransmissions: 3, duration: 2_000_000_000)],
        processorTime: ProcessorShare(user: 0.25, system: 0.5), congestionControl: "reno", isSender: true)

    private static func framed(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }

    @Test("A test runs from its parameters to the client's farewell, whatever pieces the octets come in")
    func wholeTest() throws {
        var parameters = Iperf3Parameters(end: .octets(1000))
        parameters.parallel = 2
        parameters.isReversed = true
        var client = Iperf3ClientConversation(cookie: .random(), parameters: parameters)
        var server = Iperf3ServerConversation()
        var toServer: [UInt8] = []
        var toClient = Iperf3ServerConversation.opening
        var seen: [String] = []
        while !toServer.isEmpty || !toClient.isEmpty {
            if !toClient.isEmpty {
                for action in try client.receive([toClient.removeFirst()]) {
                    switch action {
                    case .send(let octets): toServer += octets
                    case .openStreams:
                        seen.append("streams")
                        for case .send(let octets) in server.streamsOpened() { toClient += octets }
                    case .start:
                        seen.append("start")
                        for case .send(let octets) in client.testEnded() { toServer += octets }
                    case .giveResults:
                        for case .send(let octets) in client.results(Self.results) { toServer += octets }
                    case .finish(let results):
                        seen.append("finish")
                        #expect(results == Self.results)
                    }
                }
            }
            if !toServer.isEmpty {
                for action in try server.receive([toServer.removeFirst()]) {
                    switch action {
                    case .send(let octets): toClient += octets
                    case .expectStreams(let read):
                        seen.append("expect")
                        #expect(read == parameters)
                    case .start, .stopStreams: break
                    case .conclude(let results):
                        #expect(results == Self.results)
                        for case .send(let octets) in server.results(Self.results) { toClient += octets }
                    case .close: seen.append("close")
                    }
                }
            }
        }
        #expect(seen == ["expect", "streams", "start", "finish", "close"])
    }

    @Test(
        "What is not served is refused by its option's name",
        arguments: [
            (#"{"udp":true,"time":1}"#, "--udp"), (#"{"tcp":true,"bidirectional":1,"time":1}"#, "--bidir"),
            (#"{"tcp":true,"reverse":true,"fqrate":1000,"time":1}"#, "--fq-rate with --reverse"),
            (#"{"tcp":true,"authtoken":"x","time":1}"#, "--username"),
        ])
    func unsupported(json: String, option: String) {
        var server = Iperf3ServerConversation()
        #expect(throws: Iperf3Failure.unsupported(option)) { _ = try server.receive(Self.framed(json)) }
        #expect(
            Iperf3ServerConversation.refusal(of: .unsupported(option)) == [254, 0, 0, 0, 13, 0, 0, 0, 0])
    }

    @Test("A client takes a server's refusals for what they are")
    func refusals() {
        func said(_ octets: [UInt8]) throws {
            var client = Iperf3ClientConversation(cookie: .random(), parameters: Iperf3Parameters(end: .octets(1)))
            _ = try client.receive(octets)
        }
        #expect(throws: Iperf3Failure.serverIsBusy) { try said([255]) }
        #expect(throws: Iperf3Failure.ended) { try said([11]) }
        #expect(throws: Iperf3Failure.refused(code: 134, errno: 2)) { try said([254, 0, 0, 0, 134, 0, 0, 0, 2]) }
        // A test cannot run before its streams are there, nor be over before it ran.
        #expect(throws: (any Error).self) { try said([2]) }
        #expect(throws: (any Error).self) { try said([13]) }
        #expect(throws: (any Error).self) { try said([14]) }
        #expect(throws: (any Error).self) { try said([99]) }
    }

    @Test("A length that nobody sends, and what is no JSON, end the conversation")
    func nonsense() {
        for octets in [[0xFF, 0xFF, 0xFF, 0xFF], Self.framed("{"), Self.framed(#"{"tcp":true,"time":-1}"#)] {
            var server = Iperf3ServerConversation()
            #expect(throws: (any Error).self) { _ = try server.receive(octets) }
        }
    }
}

@Suite("JSON values")
struct JSONValueTests {
    @Test("What is read is what was written")
    func roundTrip() throws {
        let text = #"{"a":[1,-2.5,true,null,"x\"\\\u000a"],"b":{"c":{}},"d":18446744073709551615}"#
        let value = try #require(JSONValue(parsing: Array(text.utf8)))
        #expect(JSONValue(parsing: value.octets) == value)
        #expect(value["a"]?.elements.first?.integer == 1)
        #expect(value["a"]?.elements.last?.string == "x\"\\\n")
        // Beyond an integer: no count.
        #expect(value["d"]?.integer == nil)
        #expect(JSONValue(parsing: Array(#" "\ud83d\ude00" "#.utf8)) == .text("\u{1F600}"))
    }

    @Test(
        "What is no JSON is none",
        arguments: [
            "", "{", "[1,]", "{\"a\"}", "01x", "\"", "tru", "{} {}", "nan", "+1", String(repeating: "[", count: 99),
        ])
    func invalid(text: String) {
        #expect(JSONValue(parsing: Array(text.utf8)) == nil)
    }
}
