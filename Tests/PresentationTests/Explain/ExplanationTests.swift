import FlowAnalysis
import Foundation
import PacketDecode
import Presentation
import TestSupport
import Testing

@Suite struct ExplanationTests {
    private func explanations(_ frames: [SampleCapture.Frame]) -> [Explanation] {
        var all: [Explanation] = []
        forEachPacket(frames) { info, packet, bytes, flow in
            all.append(Explanation(info, .ethernet, packet, bytes.indices.map { bytes[$0] }, flow: flow))
        }
        return all
    }

    private func field(_ name: String, in section: String, of explanation: Explanation) -> ExplainedField? {
        explanation.sections.first { $0.title == section }?.fields.first { $0.name == name }
    }

    @Test func aSYN() throws {
        let explanation = explanations(SampleCapture.connection)[0]
        #expect(
            explanation.sections.map(\.title) == ["Frame 1", "Ethernet header", "IPv4 header", "TCP header", "Flow"])
        let window = try #require(field("window", in: "TCP header", of: explanation))
        #expect(window.range == ByteRange(from: 48, to: 50))
        #expect(window.value == "64240")
        let flag = try #require(field("SYN", in: "TCP header", of: explanation))
        #expect(flag.bits == ".... .... .... ..1.")
        let option = try #require(field("option: window scale", in: "TCP header", of: explanation))
        #expect(option.meaning.contains("128 octets"))
        #expect(field("checksum", in: "TCP header", of: explanation)?.meaning == "valid")
        #expect(field("header checksum", in: "IPv4 header", of: explanation)?.meaning == "valid")
    }

    @Test func aLabelWithItsEvidence() {
        let explanation = explanations(SampleCapture.connection)[4]
        #expect(field("evidence", in: "Label: retransmission", of: explanation)?.value == "frame 4")
        #expect(
            field("what", in: "Label: retransmission", of: explanation)?.value
                == "⟲ retransmission: 1:501 was sent in frame 4")
    }

    @Test func aQuotedPacket() {
        let explanation = explanations(SampleCapture.refusedDatagram)[1]
        #expect(explanation.sections.contains { $0.title == "UDP header" && $0.depth == 1 })
        #expect(field("destination port", in: "UDP header", of: explanation)?.value == "9")
    }

    @Test func aStop() {
        let explanation = explanations(SampleCapture.mixture)[5]
        #expect(
            field("reason", in: "Stop", of: explanation)?.value
                == "cut by the snapshot length: TCP header needs 20 octets, 12 captured")
        #expect(explanation.sections.contains { $0.title == "TCP header, its first octets" })
    }

    /// Every octet of the headers belongs to some field, and no field reaches beyond the frame.
    @Test func fieldsCoverTheHeaders() {
        for explanation in explanations(SampleCapture.all) {
            for section in explanation.sections where !section.range.isEmpty {
                var covered = Set<Int>()
                for field in section.fields {
                    #expect(field.range.end <= explanation.bytes.count, "\(section.title): \(field.name)")
                    covered.formUnion(field.range.indices)
                }
                #expect(covered.isSuperset(of: section.range.indices), "\(section.title) of \(explanation.bytes.count)")
            }
        }
    }

    @Test(arguments: [60, 80, 100])
    func textKeepsToItsColumns(columns: Int) {
        for explanation in explanations(SampleCapture.all) {
            var buffer = OutputBuffer()
            buffer.append(explanation, columns: columns, isColoured: false)
            // A word that is longer than its part of the line stays whole; so does a dump's row.
            let tooLong = text(buffer).filter { line in
                line.count > columns && line.split(separator: " ").count > 1 && line.count > 75
            }
            #expect(tooLong.isEmpty)
            #expect(!buffer.bytes.contains { $0 < 0x20 && $0 != 0x0A })
        }
    }

    /// An explanation of any cut of any frame neither traps nor lies about its octets.
    @Test func everyCutCanBeExplained() {
        let decoder = PacketDecoder(linkType: .ethernet)
        for frame in SampleCapture.all {
            for length in 0...frame.bytes.count {
                let bytes = Array(frame.bytes.prefix(length))
                let info = FrameInfo(
                    number: 1, timestamp: frame.timestamp, capturedLength: length,
                    originalLength: frame.originalLength)
                let packet = decoder.decode(bytes.span, originalLength: frame.originalLength)
                let explanation = Explanation(info, .ethernet, packet, bytes, flow: nil)
                let beyond = explanation.sections.flatMap(\.fields).filter { $0.range.end > length }
                #expect(beyond.isEmpty, "\(length) octets of \(frame.originalLength)")
            }
        }
    }

    @Test func theJSONIsWellFormed() throws {
        for explanation in explanations(SampleCapture.all) {
            var buffer = OutputBuffer()
            buffer.appendJSON(explanation)
            let object = try JSONSerialization.jsonObject(with: Data(buffer.bytes)) as? [String: Any]
            #expect((object?["sections"] as? [Any])?.count == explanation.sections.count)
        }
    }
}
