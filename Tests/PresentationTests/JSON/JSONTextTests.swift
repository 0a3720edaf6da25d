import Foundation
import PacketDecode
import Presentation
import SocketEvents
import Testing

@Suite("JSON text")
struct JSONTextTests {
    private func text(_ fill: (inout OutputBuffer) -> Void) -> String {
        var buffer = OutputBuffer()
        fill(&buffer)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    @Test("Commas come by themselves")
    func commas() {
        let made = text {
            $0.beginObject()
            $0.key("a")
            $0.value(1)
            $0.key("b")
            $0.beginArray()
            $0.value(true)
            $0.value("{")
            $0.value("[")
            $0.null()
            $0.beginObject()
            $0.endObject()
            $0.beginArray()
            $0.endArray()
            $0.endArray()
            $0.key("c")
            $0.value(":")
            $0.endObject()
            $0.endLine()
            $0.beginObject()
            $0.endObject()
        }
        #expect(made == #"{"a":1,"b":[true,"{","[",null,{},[]],"c":":"}"# + "\n{}")
    }

    @Test(
        "Any text reads back the same",
        arguments: ["", "\"\\/", "\u{0}\u{1F}\u{7F}", "ü🦀\u{2028}\u{9B}\u{E0041}\r\n"])
    func strings(original: String) throws {
        let made = text { $0.value(original) }
        let read = try JSONDecoder().decode(String.self, from: Data(made.utf8))
        #expect(Array(read.utf8) == Array(original.utf8))
        #expect(made.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    }

    @Test("Octets are escaped for people, then for JSON")
    func octets() throws {
        let octets: [UInt8] = [UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\\"), 0x0A, 0xC3, 0xBC]
        let made = text { $0.value(escaping: octets) }
        #expect(made == #""\"\\xff\\\\\\nü""#)
        #expect(try JSONDecoder().decode(String.self, from: Data(made.utf8)) == #""\xff\\\nü"#)
    }

    @Test(
        "Numbers beyond 2^53 are strings",
        arguments: [
            (0, "0"), (-7, "-7"), (9_007_199_254_740_992, "9007199254740992"),
            (9_007_199_254_740_993, #""9007199254740993""#), (.min, #""-9223372036854775808""#),
        ] as [(Int64, String)])
    func numbers(number: Int64, shown: String) { #expect(text { $0.value(number) } == shown) }

    @Test(
        "A moment is epoch seconds with nine decimals",
        arguments: [
            (1_764_000_000_123_456_789, #""1764000000.123456789""#), (0, #""0.000000000""#), (1, #""0.000000001""#),
            (-1, #""-0.000000001""#), (-1_500_000_000, #""-1.500000000""#), (.max, #""9223372036.854775807""#),
            (.min, #""-9223372036.854775808""#),
        ] as [(Int64, String)])
    func times(nanoseconds: Int64, shown: String) {
        #expect(text { $0.value(Timestamp(nanosecondsSinceEpoch: nanoseconds)) } == shown)
    }

    @Test("A socket event says what is known and nothing else")
    func socketEvent() {
        let server = Endpoint(address: .v4(.loopback), port: 7000)
        let client = Endpoint(address: .v6(.loopback), port: 9)
        let start = Timestamp(seconds: 10, nanoseconds: 5)
        var event = SocketEvent(
            role: .receiver, call: .receive, manner: .async, start: start, end: start, local: server, peer: client,
            octets: 2, datagramLength: 5, content: [0x61, 0x62])
        #expect(
            text { $0.appendJSON(event) }
                == #"{"event":"socket","role":"receiver","call":"receive","manner":"async","start":"10.000000005","#
                + #""end":"10.000000005","local":"127.0.0.1:7000","peer":"[::1]:9","octets":2,"datagramLength":5,"#
                + #""lostOctets":3,"content":"ab"}"# + "\n")
        event = SocketEvent(
            role: .client, call: .connect, manner: .blocking, start: start, end: start,
            failure: SocketError(operation: .connect, cause: .other("a \"b\""), subject: "host"))
        #expect(
            text { $0.appendJSON(event) }
                == #"{"event":"socket","role":"client","call":"connect","manner":"blocking","start":"10.000000005","#
                + #""end":"10.000000005","failure":{"operation":"connect","reason":"a \"b\"","subject":"host"}}"#
                + "\n")
    }
}
