import FlowAnalysis
import Foundation
import PacketCapture
import PacketDecode
import TestSupport
import Testing

/// Captures of other projects: the flows that blocks of prepared packets come to are those of packets one by one.
@Suite(.enabled(if: Corpus.folder != nil, "needs the corpus: set WIREWATCH_CORPUS to its folder"))
struct CorpusFlowsTests {
    @Test func blocksAsOneByOne() throws {
        let folder = try #require(Corpus.folder)
        let names = try Corpus.table("libpcap-counts.tsv").compactMap { $0["file"] }
        #expect(names.count > 1000)
        var flows = 0
        for name in names {
            let path = folder.appending(path: name).path
            let one = Self.flowsOneByOne(path)
            let blocks = Self.flowsInBlocks(path)
            #expect(one == blocks, "\(name)")
            flows += one.count
        }
        #expect(flows > 1000)
    }

    private static func flowsOneByOne(_ path: String) -> [FlowSummary] {
        var table = FlowTable(hasMeasures: true)
        do throws(CaptureError) {
            var reader = try SavefileReader(path: path)
            let decoder = PacketDecoder(linkType: reader.linkType)
            while let info = try reader.next() {
                reader.withFrameBytes { bytes in
                    table.measure(decoder.decode(bytes, originalLength: info.originalLength), info, bytes)
                }
            }
        } catch {}  // What was read until then counts.
        return summaries(table)
    }

    private static func flowsInBlocks(_ path: String) -> [FlowSummary] {
        var table = FlowTable(hasMeasures: true)
        do throws(CaptureError) {
            var reader = try SavefileReader(path: path)
            let decoder = PacketDecoder(linkType: reader.linkType)
            let prepare = table.preparation
            var block = FrameBlock()
            while try reader.readBlock(into: &block) {
                var packets: [PreparedPacket] = []
                var plain = PlainPacket()
                block.forEachFrame { frame, bytes in
                    let length = frame.info.originalLength
                    packets.append(
                        decoder.readPlain(bytes, originalLength: length, into: &plain)
                            ? prepare(plain, frame.info, offset: frame.offset)
                            : prepare(
                                decoder.decode(bytes, originalLength: length), frame.info, offset: frame.offset))
                }
                table.measure(packets.span, in: block.octets.span, decoder: decoder)
            }
        } catch {}
        return summaries(table)
    }

    private static func summaries(_ table: borrowing FlowTable) -> [FlowSummary] {
        (0..<table.flowCount).compactMap { table.summary(at: $0) }.sorted { $0.flow < $1.flow }
    }
}
