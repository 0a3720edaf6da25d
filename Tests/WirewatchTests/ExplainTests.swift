import TestSupport
import Testing

@Suite struct ExplainTests {
    @Test func aRetransmissionWithItsEvidence() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("sample.pcap", SampleCapture.pcap(SampleCapture.all))
        let outcome = try ChildProcess.wirewatch("explain", path, "--frame", "5").finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.allSatisfy { $0.count <= 100 })
        let words = outcome.lines.map { $0.split(separator: " ").joined(separator: " ") }
        #expect(words.contains("46-47 50 18 PSH 1 .... .... .... 1... pass the data on at once"))
        #expect(words.contains("38-41 00 00 03 e9 sequence number 1001 the first octet's"))
        #expect(words.contains("evidence frame 4 carried it first"))
        #expect(outcome.lines.contains("Label: retransmission"))
    }

    @Test func aFrameThatIsNotThere() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("sample.pcap", SampleCapture.pcap(SampleCapture.connection))
        let outcome = try ChildProcess.wirewatch("explain", path, "--frame", "9").finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines == ["wirewatch: cannot explain frame 9: \(path) has 8 frames"])
    }
}
