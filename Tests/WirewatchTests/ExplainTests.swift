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
        #expect(outcome.lines.contains("Label: retransmission (RFC 9293 §3.8.1)"))
        // The D-SACK of the next frame.
        let section = try #require(outcome.lines.firstIndex(of: "Revised: retransmission (RFC 2883 §4, RFC 3708)"))
        let revision = words[section...]
        #expect(revision.contains("what frame 5 revised: spurious, a D-SACK in frame 6 says so"))
        #expect(revision.contains("spurious before unknown"))
        #expect(revision.contains("spurious now yes"))
        #expect(revision.contains("evidence frame 6 a later one"))
    }

    /// Its end, cut off, is no reason to say nothing of what stands before.
    @Test func aCaptureThatBreaksOff() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("sample.pcap", Array(SampleCapture.pcap(SampleCapture.connection).dropLast(7)))
        let outcome = try ChildProcess.wirewatch("explain", path, "--frame", "5").finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.lines.contains("Revised: retransmission (RFC 2883 §4, RFC 3708)"))
        #expect(outcome.errorLines.count == 1)
    }

    @Test func aFrameThatIsNotThere() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("sample.pcap", SampleCapture.pcap(SampleCapture.connection))
        let outcome = try ChildProcess.wirewatch("explain", path, "--frame", "9").finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines == ["wirewatch: cannot explain frame 9: \(path) has 8 frames"])
    }
}
