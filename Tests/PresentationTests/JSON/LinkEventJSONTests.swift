import PacketDecode
import Presentation
import Testing
import Timeline

@Suite("The link's verdicts as JSON")
struct LinkEventJSONTests {
    private func line(_ verdict: FrameFate.Verdict, sent: UInt64?, delivered: [UInt64]) -> String {
        let arrival = Timestamp(nanosecondsSinceEpoch: 1_764_000_000_000_000_001)
        var buffer = OutputBuffer()
        buffer.appendJSON(
            LinkEvent(
                source: .a, fate: FrameFate(number: 3, kind: .dataSegment, arrival: arrival, verdict: verdict),
                packet: DecodedPacket(), bytes: [], sentFrame: sent, deliveredFrames: delivered))
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    private static let head =
        #"{"event":"link","source":"A","number":3,"kind":"dataSegment","timestamp":"1764000000.000000001","#

    /// SchemaTests holds such lines against the schema.
    @Test func eachVerdict() {
        let departure = Timestamp(nanosecondsSinceEpoch: 1_764_000_000_020_000_000)
        let later = Timestamp(nanosecondsSinceEpoch: 1_764_000_000_030_000_000)
        #expect(
            line(.dropped(.rule(2)), sent: 5, delivered: [])
                == Self.head + #""verdict":"dropped","cause":"rule","rule":2,"sentFrame":5,"deliveredFrames":[]}"#
                + "\n")
        #expect(
            line(.dropped(.queueFull), sent: nil, delivered: [])
                == Self.head + #""verdict":"dropped","cause":"queueFull","deliveredFrames":[]}"# + "\n")
        #expect(
            line(.delivered(first: departure, second: later), sent: 5, delivered: [4, 6])
                == Self.head + #""verdict":"delivered","departures":["1764000000.020000000","1764000000.030000000"],"#
                + #""sentFrame":5,"deliveredFrames":[4,6]}"# + "\n")
        #expect(
            line(.overtaken(at: departure), sent: 5, delivered: [4])
                == Self.head + #""verdict":"overtaken","departures":["1764000000.020000000"],"sentFrame":5,"#
                + #""deliveredFrames":[4]}"# + "\n")
        #expect(line(.corrupted(at: later), sent: 5, delivered: [4]).contains(#""verdict":"corrupted","departures""#))
    }

    @Test func aPacketNamesItsHost() {
        var buffer = OutputBuffer()
        for entry in TwoHosts.aLostSegment.sorted { buffer.appendJSON(entry) }
        let lines = text(buffer)
        #expect(lines.filter { $0.hasPrefix(#"{"event":"packet","host":"A","number":"#) }.count == 9)
        #expect(lines.filter { $0.hasPrefix(#"{"event":"packet","host":"B","number":"#) }.count == 10)
        #expect(lines.contains { $0.hasPrefix(#"{"event":"socket","role":"client","host":"A","call":"connect""#) })
        #expect(lines.filter { $0.hasPrefix(#"{"event":"kernel","host":"A","timestamp""#) }.count == 3)
    }
}
