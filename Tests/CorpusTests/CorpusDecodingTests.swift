import Foundation
import PacketCapture
import PacketDecode
import TestSupport
import Testing

/// Frames that nobody here made, decoded here and by tshark.
@Suite(.enabled(if: Corpus.folder != nil, "needs the corpus: set WIREWATCH_CORPUS to its folder"))
struct CorpusDecodingTests {
    /// Link types whose frames the decoder opens.
    static let linkTypes: Set<LinkType> = [
        .null, .ethernet, .raw, .loop, .linuxSLL, .ipv4, .ipv6, .linuxSLL2,
    ]

    @Test("every field agrees with tshark's, but for the listed disagreements")
    func agreesWithTshark() throws {
        let folder = try #require(Corpus.folder)
        let rules = try Disagreement.list()
        var used = Set<Int>()
        var unlisted: [Difference] = []
        var frameCount = 0
        var fieldCount = 0
        try Oracle.forEachFile { file, frames in
            let theirs = frames.filter { !$0.isNoPacket }
            var index = 0
            forEachFrame(of: folder.appending(path: file).path) { info, fields, linkType, snapshotLength in
                guard index < theirs.count else { return }
                var frame = theirs[index]
                frame.cut(to: snapshotLength)
                index += 1
                frameCount += 1
                fieldCount += frame.fields.count
                for difference in Self.differences(file, frame, fields, linkType) {
                    if let rule = rules.first(where: { $0.covers(difference) }) {
                        used.insert(rule.line)
                    } else {
                        unlisted.append(difference)
                    }
                }
            }
        }
        #expect(frameCount > 60_000)
        #expect(fieldCount > 1_500_000)
        for difference in unlisted.prefix(50) { Issue.record("\(difference.line)") }
        let unlistedCount = unlisted.count
        #expect(unlistedCount == 0, "differences that disagreements.tsv does not list")
        for rule in rules where !used.contains(rule.line) {
            Issue.record("disagreements.tsv:\(rule.line): the rule covers no difference")
        }
        if let path = ProcessInfo.processInfo.environment["WIREWATCH_DIFFERENCES"] {
            let text = unlisted.map(\.line).joined(separator: "\n") + "\n"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }

    /// The frames that libpcap reads of a file. What ends its reading early is for the reader's own tests.
    private func forEachFrame(of path: String, _ body: (FrameInfo, [String: String], LinkType, Int) -> Void) {
        guard var reader = try? SavefileReader(path: path) else { return }
        let decoder = PacketDecoder(linkType: reader.linkType)
        let linkType = reader.linkType
        let snapshotLength = reader.snapshotLength
        while let info = try? reader.next() {
            reader.withFrameBytes { bytes in
                let packet = decoder.decode(bytes, originalLength: info.originalLength)
                body(info, DecodedFields(info, packet, bytes).fields, linkType, snapshotLength)
            }
        }
    }

    /// Of `stop` tshark knows only whether there is one.
    private static func agree(_ field: String, _ ours: String?, _ theirs: String) -> Bool {
        field == "stop" ? (ours != "no") == (theirs != "no") : ours == theirs
    }

    /// The fields that differ. Of a frame whose link type the decoder does not open, only what the capture itself says.
    private static func differences(
        _ file: String, _ frame: OracleFrame, _ ours: [String: String], _ linkType: LinkType
    ) -> [Difference] {
        let isOpened = linkTypes.contains(linkType)
        let outer: Set<String> = ["ts_ns", "len", "caplen"]
        var found: [Difference] = []
        for (field, value) in frame.fields where isOpened || outer.contains(field) {
            if !agree(field, ours[field], value) {
                found.append(Difference(file: file, frame: frame, field: field, ours: ours[field], theirs: value))
            }
        }
        for (field, value) in ours where frame.fields[field] == nil && (isOpened || outer.contains(field)) {
            found.append(Difference(file: file, frame: frame, field: field, ours: value, theirs: nil))
        }
        return found
    }
}
