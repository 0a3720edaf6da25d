import Foundation
import TestSupport
import Testing

/// Conversations made of bytes, written as captures and read back: what each frame must bear, and what tshark says beside it.
/// `Tests/TruthHarness/synthetic-cases` prints both as docs/synthetic-cases.md.
@Suite struct SyntheticCaseTests {
    private struct Event: Decodable {
        struct Label: Decodable {
            var label: String
            var cause: String
        }

        var event: String
        var labels: [Label]?
        var frame: Int?
        var new: [String: Bool]?
    }

    @Test(arguments: SyntheticCase.all.map(\.name))
    func bearsItsLabels(name: String) throws {
        let synthetic = try #require(SyntheticCase.all.first { $0.name == name })
        let folder = try TemporaryFolder()
        let path = try folder.file("case.pcap", synthetic.pcap)
        let outcome = try ChildProcess.wirewatch("read", "--json", path).finish()
        #expect(outcome.ending == .exited(0))
        var labels: [[String]] = []
        var revised: [Int: Int] = [:]
        for line in outcome.lines {
            let event = try JSONDecoder().decode(Event.self, from: Data(line.utf8))
            if event.event == "packet" {
                labels.append(
                    (event.labels ?? []).map {
                        $0.label.hasPrefix("retransmission") ? "\($0.label)/\($0.cause)" : $0.label
                    })
            } else if event.event == "revision", event.new == ["spurious": true] {
                revised[labels.count - 1] = event.frame
            }
        }
        #expect(labels.count == synthetic.steps.count)
        for (index, step) in synthetic.steps.enumerated() {
            #expect(labels[index] == step.labels, "frame \(index + 1): \(step.words)")
            #expect(revised[index] == step.revises, "frame \(index + 1): \(step.words)")
        }
    }

    /// The bytes are what they are meant to be: tshark finds every frame's checksum valid.
    @Test(.enabled(if: Tool("tshark") != nil, "needs tshark"), arguments: SyntheticCase.all.map(\.name))
    func isWellFormed(name: String) throws {
        let synthetic = try #require(SyntheticCase.all.first { $0.name == name })
        let folder = try TemporaryFolder()
        let path = try folder.file("case.pcap", synthetic.pcap)
        let run = try #require(Tool("tshark")).run([
            "-n", "-r", path, "-o", "tcp.check_checksum:TRUE", "-Y",
            "tcp.checksum.status == 1 || icmp.checksum.status == 1", "-T", "fields", "-e", "frame.number",
        ])
        #expect(run.output.split(separator: "\n").count == synthetic.steps.count)
    }

    /// Where tshark is known to be wrong of these conversations, it still is: the table in the docs says so.
    @Test(.enabled(if: Tool("tshark") != nil, "needs tshark"))
    func tsharkBeside() throws {
        let tshark = try #require(Tool("tshark"))
        func flagged(_ name: String, _ flag: String) throws -> [Int] {
            let synthetic = try #require(SyntheticCase.all.first { $0.name == name })
            let folder = try TemporaryFolder()
            let path = try folder.file("case.pcap", synthetic.pcap)
            let run = try tshark.run([
                "-n", "-r", path, "-Y", "tcp.analysis.\(flag)", "-T", "fields", "-e", "frame.number",
            ])
            return run.output.split(separator: "\n").compactMap { Int($0) }
        }
        // A resend within the time of a round trip.
        #expect(try flagged("loss-seen-by-receiver", "out_of_order") == [9])
        // 30 ms after three duplicate ACKs.
        #expect(try flagged("fast-resend-late", "fast_retransmission") == [])
        // One octet, not acknowledged, again.
        #expect(try flagged("keep-alive-or-one-octet", "keep_alive") == [6, 9])
        // Duplicate ACKs with new SACK information and another window.
        #expect(try flagged("window-update-or-duplicate", "window_update") == [9, 10, 11])
        // The same frame twice.
        #expect(try flagged("network-duplicate", "retransmission") == [5, 9])
    }
}
