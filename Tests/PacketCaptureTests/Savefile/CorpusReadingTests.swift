import Foundation
import PacketCapture
import TestSupport
import Testing

/// Captures of other projects, hundreds of them broken on purpose, against the counts of `tcpdump -r`.
@Suite(.enabled(if: Corpus.folder != nil, "needs the corpus: set WIREWATCH_CORPUS to its folder"))
struct CorpusReadingTests {
    @Test("as many frames as tcpdump reads, and an error where it has one")
    func countsAsLibpcap() throws {
        let folder = try #require(Corpus.folder)
        let rows = try Corpus.table("libpcap-counts.tsv")
        #expect(rows.count > 1000)
        for row in rows {
            let name = try #require(row["file"])
            let expectedCount = try #require(row["libpcap_packets"].flatMap { Int($0) }, "\(name)")
            let expectedError = try #require(row["libpcap_error"])
            let path = folder.appending(path: name).path
            // tcpdump compiles a filter, be it an empty one, and gives up where libpcap has none for the link type.
            if expectedError.contains("unknown data link type") {
                guard case .unsupportedLinkType = ReadFrames(path: path, filter: "").error else {
                    Issue.record("\(name): no .unsupportedLinkType")
                    continue
                }
                continue
            }
            let read = ReadFrames(path: path)
            #expect(read.packets.count == expectedCount, "\(name)")
            #expect((read.error != nil) == !expectedError.isEmpty, "\(name): \(String(describing: read.error))")
            guard let error = read.error else { continue }
            switch error {
            case .cutFile(path, let frames, let message), .malformedFile(path, let frames, let message),
                .differingInterfaces(path, _, let frames, let message):
                #expect(frames == UInt64(expectedCount), "\(name)")
                #expect(expectedError.hasSuffix(message), "\(name): \(message)")
            default:
                Issue.record("\(name): \(error)")
            }
        }
    }
}
