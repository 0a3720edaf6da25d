import Foundation
import PacketDecode
import TestSupport
import Testing

/// Fragmented datagrams as one event that names its fragments, in every command that shows or counts packets.
@Suite struct FragmentTests {
    private static let captures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "captures")

    private static func path(_ name: String) -> String { captures.appending(path: name + ".pcap").path }

    /// Objects of lines of JSON, by the name of their event.
    private static func events(_ lines: [String], _ name: String) throws -> [[String: Any]] {
        try lines.compactMap { line in
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return event?["event"] as? String == name ? event : nil
        }
    }

    @Test(arguments: [("udp-fragments", [[1, 2, 3], [4, 5, 6]]), ("udp-fragments-ipv6", [[1, 2, 3]])])
    func readSaysTheWholeAtTheFrameThatCompletesIt(name: String, datagrams: [[Int]]) throws {
        let json = try ChildProcess.wirewatch("read", "--json", Self.path(name)).finish().lines
        let whole = try Self.events(json, "packet").filter { $0["reassembled"] != nil }
        #expect(whole.map { $0["number"] as? Int } == datagrams.map(\.last))
        let reassembled = whole.compactMap { $0["reassembled"] as? [String: Any] }
        #expect(reassembled.map { $0["fragments"] as? [Int] } == datagrams)
        for datagram in reassembled {
            #expect(datagram["payloadLength"] as? Int == 4_000)
            let udp = (datagram["transport"] as? [String: [String: Int]])?["udp"]
            #expect((udp?["destinationPort"], udp?["length"]) == (7_001, 4_008))
            // The sum over the whole, which no fragment has.
            #expect((datagram["checksums"] as? [String: String])?["transport"] == "valid")
        }
        let counts = try #require(try Self.events(json, "summary").first?["reassembly"] as? [String: Int])
        #expect((counts["complete"], counts["leftOver"]) == (datagrams.count, 0))
        let text = try ChildProcess.wirewatch("read", Self.path(name)).finish().lines
        let said = text.filter { $0.contains("reassembled from frames 1, 2, 3: UDP ") }
        #expect(said.count == 1)
        #expect(said.first?.hasSuffix(", 4000 octets") == true)
    }

    /// tshark, which knows nothing of wirewatch, puts the same frames together.
    @Test(.enabled(if: Tool("tshark") != nil, "needs tshark"), arguments: ["udp-fragments", "udp-fragments-ipv6"])
    func tsharkPutsTheSameTogether(name: String) throws {
        let run = try #require(Tool("tshark")).run([
            "-n", "-r", Self.path(name), "-Y", "udp && (ip.fragments || ipv6.fragments)", "-T", "fields", "-e",
            "frame.number", "-e", "udp.length",
        ])
        let theirs = run.output.split(separator: "\n").map { $0.split(separator: "\t").compactMap { Int($0) } }
        let json = try ChildProcess.wirewatch("read", "--json", Self.path(name)).finish().lines
        let ours = try Self.events(json, "packet").compactMap { event -> [Int]? in
            guard let whole = event["reassembled"] as? [String: Any], let number = event["number"] as? Int,
                let udp = (whole["transport"] as? [String: [String: Int]])?["udp"], let length = udp["length"]
            else { return nil }
            return [number, length]
        }
        #expect(!ours.isEmpty)
        #expect(ours == theirs)
    }

    @Test func flowsCountsItOnce() throws {
        let lines = try ChildProcess.wirewatch("flows", "--json", Self.path("udp-fragments")).finish().lines
        let there = try #require(try Self.events(lines, "flow").first?["initiatorToResponder"] as? [String: Any])
        #expect(there["datagrams"] as? Int == 2)
        #expect(there["octets"] as? Int == 8_000)
        #expect(there["fragments"] as? Int == 6)
        let row = try ChildProcess.wirewatch("flows", Self.path("udp-fragments")).finish().lines.last
        #expect(row?.hasSuffix("fragments 6") == true)
    }

    /// Whichever fragment is asked for, its siblings and the whole are named.
    @Test(arguments: [1, 2, 3])
    func explainNamesTheSiblings(frame: Int) throws {
        let outcome = try ChildProcess.wirewatch("explain", Self.path("udp-fragments-ipv6"), "-n", "\(frame)").finish()
        let words = outcome.lines.map { $0.split(separator: " ").joined(separator: " ") }
        #expect(words.contains("fragments frames 1, 2, 3"))
        #expect(words.contains { $0.hasPrefix("whole UDP") && $0.hasSuffix("> 7001, 4000 octets") })
        #expect(words.contains("checksum of the whole valid"))
    }

    // MARK: What does not come together

    private struct Pieces {
        let fragments: [[UInt8]]
        /// The same datagram, cut elsewhere.
        let others: [[UInt8]]

        init() {
            func datagram() -> [UInt8] {
                var frames = ConversationFrames()
                frames.countsIdentifications = true
                frames.nextIdentification = 77
                return frames.datagram(.client, octets: 4_000)
            }
            fragments = ConversationFrames.fragments(of: datagram(), at: [1_480, 2_960])
            others = ConversationFrames.fragments(of: datagram(), at: [1_472, 2_960])
        }
    }

    private static func capture(_ folder: TemporaryFolder, _ packets: [(seconds: Int64, [UInt8])]) throws -> String {
        let frames = packets.map { SampleCapture.Frame(SampleCapture.start + $0.seconds * 1_000_000_000, $0.1) }
        return try folder.file("pieces.pcap", SampleCapture.pcap(frames, linkType: 101))
    }

    @Test func aLostFragmentIsSaidAtTheEnd() throws {
        let folder = try TemporaryFolder()
        let pieces = Pieces()
        let path = try Self.capture(folder, [(0, pieces.fragments[0]), (0, pieces.fragments[2])])
        let outcome = try ChildProcess.wirewatch("read", path).finish()
        let last = try #require(outcome.lines.last)
        #expect(
            last.hasSuffix(
                "never complete: frames 1, 2 of UDP 10.0.0.1:40000 > 10.0.0.2:80, 2528 of 4008 octets: fragments are "
                    + "missing at the capture's end"))
        #expect(outcome.errorLines.first?.hasSuffix("0 datagrams reassembled, 1 incomplete at the end") == true)
        let json = try ChildProcess.wirewatch("read", "--json", path).finish().lines
        let event = try #require(try Self.events(json, "incompleteDatagram").first)
        #expect(event["fragments"] as? [Int] == [1, 2])
        #expect(event["flow"] as? Int == 1)
        let row = try ChildProcess.wirewatch("flows", path).finish().lines.last
        #expect(row?.hasSuffix("fragments 2, incomplete 1") == true)
        let explained = try ChildProcess.wirewatch("explain", path, "-n", "1").finish().lines
        #expect(explained.contains { $0.contains("never complete") && $0.contains("endOfCapture") })
    }

    @Test func aLostFragmentTimesOut() throws {
        let folder = try TemporaryFolder()
        let pieces = Pieces()
        let path = try Self.capture(folder, [(0, pieces.fragments[0]), (31, pieces.fragments[2])])
        let outcome = try ChildProcess.wirewatch("read", path).finish()
        #expect(outcome.lines[2].contains("never complete: frame 1 of UDP 10.0.0.1:40000 > 10.0.0.2:80, 1480 octets: "))
        #expect(outcome.lines[2].hasSuffix("their time is over"))
        #expect(outcome.lines.count == 4, "the second one waits for others in vain, too")
        #expect(outcome.errorLines.first?.contains("1 timed out, 1 incomplete at the end") == true)
    }

    /// Fragments that overlap as teardrop's did.
    @Test func teardrop() throws {
        let folder = try TemporaryFolder()
        let pieces = Pieces()
        let path = try Self.capture(
            folder, [(0, pieces.fragments[0]), (0, pieces.others[1]), (0, pieces.fragments[1])])
        let json = try ChildProcess.wirewatch("read", "--json", path).finish().lines
        let second = try #require(try Self.events(json, "packet")[1]["fragment"] as? [String: Any])
        #expect((second["outcome"] as? String, second["reason"] as? String) == ("discarded", "overlap"))
        #expect((second["overlap"] as? [String: Any])?["octetCount"] as? Int == 8)
        let incomplete = try Self.events(json, "incompleteDatagram")
        #expect(incomplete.map { $0["reason"] as? String } == ["overlap", "endOfCapture"])
        let text = try ChildProcess.wirewatch("read", path).finish().lines
        #expect(text[2].hasSuffix("1 fragment overlaps others: fragments overlap, and Linux drops such datagrams"))
    }

    /// What is hidden still belongs to its datagram: a filter on ports lets only first fragments pass.
    @Test func hiddenFragmentsCount() throws {
        let json = try ChildProcess.wirewatch("read", "--json", Self.path("udp-fragments"), "ip[6:2] & 0x1fff != 0")
            .finish().lines
        let packets = try Self.events(json, "packet")
        #expect(packets.count == 4)
        #expect(packets.filter { $0["reassembled"] != nil }.count == 2)
    }
}
