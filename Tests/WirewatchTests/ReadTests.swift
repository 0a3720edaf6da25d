import Foundation
import TestSupport
import Testing

@Suite struct ReadTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.file("sample.pcap", SampleCapture.pcap(SampleCapture.all))
    }

    @Test func oneLineAPacket() throws {
        let outcome = try ChildProcess.wirewatch("read", path).finish()
        #expect(outcome.ending == .exited(0))
        // Three more: the name of a long address, the revision of an earlier frame, and a datagram of which a fragment is there.
        #expect(outcome.lines.count == SampleCapture.all.count + 3)
        let revised = try #require(outcome.lines.firstIndex { $0.contains("revised") })
        #expect(outcome.lines[revised].hasSuffix(" frame 5 revised: spurious, a D-SACK in frame 6 says so"))
        #expect(outcome.lines[revised - 1].contains("D-SACK"), "it stands below its evidence")
        #expect(outcome.lines.first?.hasSuffix("SYN     seq 0 win 64240 mss 1460 sackOK ts ws 7") == true)
        #expect(
            outcome.errorLines == [
                "wirewatch: 17 frames seen, 15 decoded whole, 2 stopped early (1 cut by the snapshot length); "
                    + "1 fragment, 0 datagrams reassembled, 1 incomplete at the end"
            ])
        #expect(!outcome.output.contains { $0 < 0x20 && $0 != 0x0A }, "no byte off the wire acts on a terminal")
    }

    @Test func fromStandardInput() throws {
        let process = try ChildProcess.wirewatch("read", "-")
        process.write(SampleCapture.pcap(SampleCapture.all))
        let outcome = try process.finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.count == SampleCapture.all.count + 3)
    }

    /// A slow writer's frame is shown when it comes, not when the pipe ends.
    @Test func fromASlowPipe() throws {
        let bytes = SampleCapture.pcap(SampleCapture.connection)
        let process = try ChildProcess.wirewatch("read", "-")
        process.write(Array(bytes.prefix(24 + 16 + SampleCapture.connection[0].bytes.count)))
        #expect(try process.waitForLine().contains("SYN"))
        #expect(try process.finish().ending == .exited(0))
    }

    /// -w with the input's own name, or another name of it, would empty the capture before it was read.
    @Test func theInputIsNotOverwritten() throws {
        let link = "\(path).link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let before = FileManager.default.contents(atPath: path)
        for name in [path, link] {
            let outcome = try ChildProcess.wirewatch("read", "-q", path, "-w", name).finish()
            #expect(outcome.ending == .exited(1))
            #expect(
                outcome.errorLines == [
                    "wirewatch: cannot write \(name): it is the file that is read. Choose another name"
                ])
        }
        #expect(FileManager.default.contents(atPath: path) == before)
    }

    @Test func aFolderIsNoCapture() throws {
        let outcome = try ChildProcess.wirewatch("read", "/").finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines == ["wirewatch: cannot read /: is a directory. Give a capture file"])
    }

    @Test(arguments: [
        (["udp", "port", "9"], 1), (["tcp", "port", "7000", "and", "not", "host", "1.2.3.4"], 10), (["arp"], 1),
        (["--", "ether[12:2]", "-", "1", "=", "0x805"], 1), (["-c", "2", "tcp"], 2), (["tcp", "-c", "3"], 3),
    ])
    func filters(words: [String], count: Int) throws {
        let outcome = try ChildProcess.wirewatch(arguments: ["read", "--full-addresses", path] + words).finish()
        #expect(outcome.ending == .exited(0))
        // A revision stands on a line of its own, below the frame that tells.
        #expect(outcome.lines.filter { !$0.contains(" revised: ") }.count == count)
    }

    /// A filter hides the handshake and the first sending; what is shown is still numbered, scaled and labelled by them.
    @Test func hiddenFramesCountForTheirFlow() throws {
        let shown = try ChildProcess.wirewatch("read", path, "tcp[tcpflags] & (tcp-fin|tcp-push) != 0").finish()
        #expect(shown.lines.count == 3)
        #expect(shown.lines[1].contains("seq 1:501 ack 1 win 64256 len 500 ⟲ retransmission: 1:501 was sent"))
    }

    @Test func aBadFilter() throws {
        let outcome = try ChildProcess.wirewatch("read", path, "tcp", "prot", "80").finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errorLines.first?.hasPrefix("wirewatch: cannot use the filter 'tcp prot 80': ") == true)
    }

    @Test func aMissingFile() throws {
        let outcome = try ChildProcess.wirewatch("read", folder.path("nothing.pcap")).finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.output.isEmpty)
        #expect(
            outcome.errorLines == [
                "wirewatch: cannot open \(folder.path("nothing.pcap")): no such file or directory. Check the path"
            ])
    }

    @Test func noCapture() throws {
        let text = try folder.file("notes.txt", Array("no capture at all\n".utf8))
        let outcome = try ChildProcess.wirewatch("read", text).finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errorLines.first?.contains("it is not a capture") == true)
    }

    /// Every whole frame, then the closing line, then what is wrong.
    @Test func aCutFile() throws {
        let cut = try folder.file("cut.pcap", Array(SampleCapture.pcap(SampleCapture.connection).dropLast(3)))
        let outcome = try ChildProcess.wirewatch("read", cut).finish()
        #expect(outcome.ending == .exited(1))
        // Without the last frame, and with the revision of an earlier one.
        #expect(outcome.lines.filter { !$0.contains("revised") }.count == SampleCapture.connection.count - 1)
        #expect(outcome.errorLines.first?.hasPrefix("wirewatch: 7 frames seen") == true)
        #expect(outcome.errorLines.last?.contains("is cut off in the midst of a frame") == true)
        #expect(outcome.errorLines.last?.hasSuffix("The 7 whole frames before were read") == true)
    }

    @Test func aReaderThatGoesAwayEndsItQuietly() throws {
        let frames = (0..<2000).flatMap { _ in SampleCapture.connection }
        let long = try folder.file("long.pcap", SampleCapture.pcap(frames))
        let process = try ChildProcess.wirewatch("read", long)
        _ = try process.waitForLine()
        process.closeOutput()
        let outcome = try process.finish()
        #expect(outcome.ending == .exited(0))
        #expect(!outcome.errorLines.contains { $0.contains("cannot") })
    }

    @Test func quiet() throws {
        let outcome = try ChildProcess.wirewatch("read", "-q", path).finish()
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.count == 1)
        let json = try ChildProcess.wirewatch("read", "-q", "--json", path).finish()
        #expect(
            json.lines == [
                #"{"event":"summary","frameCount":17,"decodedCount":15,"stoppedCount":2,"cutCount":1}"#
            ])
    }

    @Test func json() throws {
        let outcome = try ChildProcess.wirewatch("read", "--json", "--verify-checksums", path).finish()
        let events = try Events(outcome.lines)
        #expect(events.named("packet").count == SampleCapture.all.count)
        #expect(events.all.last?["event"] as? String == "summary")
        let labels = events.named("packet").compactMap { $0["labels"] as? [[String: Any]] }
        #expect(labels.count == 9, "a packet without a whole TCP header has none, not even none in a list")
        let names = labels.flatMap { $0 }.map { $0["label"] as? String }
        #expect(names == ["retransmission", "dSACK", "reset", "ackOfUnseen"])
        let checksums = events.named("packet").compactMap {
            ($0["checksums"] as? [String: Any])?["transport"] as? String
        }
        #expect(Set(checksums) == ["valid", "unverifiable"])
    }

    /// What `-w` writes is what was read, to the octet and the nanosecond, while the text goes on.
    @Test func written() throws {
        let copy = folder.path("copy.pcap")
        let outcome = try ChildProcess.wirewatch("read", path, "-w", copy).finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.count == SampleCapture.all.count + 3)
        #expect(try Data(contentsOf: URL(filePath: copy)) == Data(contentsOf: URL(filePath: path)))
    }

    @Test func writtenToStandardOutputInPlaceOfText() throws {
        let outcome = try ChildProcess.wirewatch("read", path, "-w", "-", "arp").finish()
        #expect(outcome.output == SampleCapture.pcap([SampleCapture.mixture[0]]))
    }

    @Test(.enabled(if: Tool("tcpdump") != nil, "needs tcpdump"))
    func tcpdumpReadsWhatIsWritten() throws {
        let copy = folder.path("copy.pcap")
        #expect(try ChildProcess.wirewatch("read", "-q", path, "-w", copy).finish().ending == .exited(0))
        let tcpdump = try #require(Tool("tcpdump"))
        let read = try tcpdump.run(["-nn", "-tt", "--nano", "-r", copy])
        #expect(read.status == 0)
        #expect(read.output == (try tcpdump.run(["-nn", "-tt", "--nano", "-r", path]).output))
        #expect(read.output.contains("1764000000.224001123"))
    }

    @Test(.enabled(if: Tool("tshark") != nil, "needs tshark"))
    func tsharkReadsWhatIsWritten() throws {
        let copy = folder.path("copy.pcap")
        #expect(try ChildProcess.wirewatch("read", "-q", path, "-w", copy).finish().ending == .exited(0))
        let tshark = try #require(Tool("tshark"))
        let fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len"]
        let read = try tshark.run(["-r", copy] + fields)
        #expect(read.status == 0)
        let expected = SampleCapture.all.map { frame in
            "\(frame.epochSeconds)\t\(frame.originalLength)\t\(frame.bytes.count)"
        }
        #expect(read.output.split(separator: "\n").map(String.init) == expected)
    }

    @Test(arguments: [["read"], ["read", "-c", "0", "x"], ["read", "--time", "noon", "x"], ["explain", "x"]])
    func wrongUsage(arguments: [String]) throws {
        let outcome = try ChildProcess.wirewatch(arguments: arguments).finish()
        #expect(outcome.ending == .exited(64))
    }
}
