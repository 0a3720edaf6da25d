import Foundation
import Glibc
import PacketCapture
import PacketDecode
import TestSupport
import Testing

@Suite struct SavefileReaderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("pcap in either byte order, micro- and nanoseconds", arguments: [false, true], [false, true])
    func readsPcap(isBigEndian: Bool, hasNanoseconds: Bool) throws {
        let file = PcapFile(
            order: FileByteOrder(isBigEndian: isBigEndian), hasNanoseconds: hasNanoseconds, snapshotLength: 1234,
            frames: [
                FrameLiteral(seconds: 1_700_000_000, fraction: 123_456, bytes: [1, 2, 3]),
                FrameLiteral(seconds: 1_700_000_001, fraction: 999_999, bytes: [], originalLength: 0),
                FrameLiteral(seconds: 1_700_000_002, fraction: 7, bytes: [9], originalLength: 1500),
            ])
        let path = try folder.file("a.pcap", file.bytes)
        let scale: Int64 = hasNanoseconds ? 1 : 1000

        let reader = try SavefileReader(path: path)
        let snapshotLength = reader.snapshotLength
        #expect(snapshotLength == 1234)
        let read = ReadFrames(path: path)
        #expect(read.error == nil)
        #expect(read.linkType == .ethernet)
        #expect(read.packets.map(\.bytes) == [[1, 2, 3], [], [9]])
        #expect(read.packets.map(\.info.number) == [1, 2, 3])
        #expect(read.packets.map(\.info.capturedLength) == [3, 0, 1])
        #expect(read.packets.map(\.info.originalLength) == [3, 0, 1500])
        #expect(
            read.packets.map(\.info.timestamp.nanosecondsSinceEpoch) == [
                1_700_000_000_000_000_000 + 123_456 * scale,
                1_700_000_001_000_000_000 + 999_999 * scale,
                1_700_000_002_000_000_000 + 7 * scale,
            ])
    }

    @Test("pcapng in either byte order: enhanced packets in nanoseconds", arguments: [false, true])
    func readsPcapNG(isBigEndian: Bool) throws {
        let file = PcapNGFile(order: FileByteOrder(isBigEndian: isBigEndian))
        let bytes =
            file.sectionHeader + file.interface(linkType: 113, resolution: 9)
            + file.enhancedPacket(time: 1_700_000_000_123_456_789, [1, 2, 3, 4, 5], originalLength: 60)
            + file.enhancedPacket(time: 1_700_000_001_000_000_001, [])
        let read = ReadFrames(path: try folder.file("a.pcapng", bytes))
        #expect(read.error == nil)
        #expect(read.linkType == .linuxSLL)
        #expect(read.packets.map(\.bytes) == [[1, 2, 3, 4, 5], []])
        #expect(read.packets.map(\.info.originalLength) == [60, 0])
        #expect(
            read.packets.map(\.info.timestamp.nanosecondsSinceEpoch) == [
                1_700_000_000_123_456_789, 1_700_000_001_000_000_001,
            ])
    }

    @Test("pcapng: a simple packet has no time, which is read as the epoch")
    func readsSimplePacket() throws {
        let file = PcapNGFile()
        let read = ReadFrames(
            path: try folder.file(
                "a.pcapng", file.sectionHeader + file.interface() + file.simplePacket([1, 2, 3, 4, 5, 6])))
        #expect(read.error == nil)
        #expect(read.packets.map(\.bytes) == [[1, 2, 3, 4, 5, 6]])
        #expect(read.packets.map(\.info.timestamp.nanosecondsSinceEpoch) == [0])
    }

    @Test("pcapng interfaces that differ: the whole frames before, then an error that names the difference")
    func namesDifferingInterfaces() throws {
        let file = PcapNGFile()
        let start = file.sectionHeader + file.interface() + file.enhancedPacket(time: 0, [1])
        let rest = file.enhancedPacket(interface: 1, time: 0, [2])
        let path = try folder.file("type.pcapng", start + file.interface(linkType: 101) + rest)
        let byType = ReadFrames(path: path)
        #expect(byType.packets.map(\.bytes) == [[1]])
        guard case .differingInterfaces(path, .linkType, wholeFrames: 1, let message) = byType.error else {
            Issue.record("\(String(describing: byType.error))")
            return
        }
        #expect(message.contains("type"))

        let other = try folder.file("length.pcapng", start + file.interface(snapshotLength: 96) + rest)
        let byLength = ReadFrames(path: other)
        #expect(byLength.packets.map(\.bytes) == [[1]])
        guard case .differingInterfaces(other, .snapshotLength, wholeFrames: 1, _) = byLength.error else {
            Issue.record("\(String(describing: byLength.error))")
            return
        }
    }

    @Test("pcap cut at every octet: every whole frame, then the error where one is due")
    func readsCutPcap() throws {
        let file = PcapFile(frames: [
            FrameLiteral(seconds: 1, bytes: [1, 2, 3, 4, 5]),
            FrameLiteral(seconds: 2, bytes: []),
            FrameLiteral(seconds: 3, bytes: [UInt8](0..<60)),
        ])
        var ends = [file.header.count]
        for frame in file.frames { ends.append(ends[ends.count - 1] + file.record(frame).count) }
        let bytes = file.bytes
        for length in 0...bytes.count {
            let path = try folder.file("cut.pcap", Array(bytes[..<length]))
            let read = ReadFrames(path: path)
            let whole = max(0, ends.count { $0 <= length } - 1)
            #expect(read.packets.map(\.bytes) == file.frames.prefix(whole).map(\.bytes), "cut at \(length)")
            switch read.error {
            case .notACapture(path, _): #expect(length < 4, "cut at \(length)")
            case .cutFile(path, UInt64(whole), _): #expect(length >= 4 && !ends.contains(length), "cut at \(length)")
            case nil: #expect(ends.contains(length), "cut at \(length)")
            case let other: Issue.record("cut at \(length): \(String(describing: other))")
            }
        }
    }

    @Test("pcapng cut at every octet: every whole frame, then the error where one is due")
    func readsCutPcapNG() throws {
        let file = PcapNGFile()
        let frames: [[UInt8]] = [[1, 2, 3, 4, 5], [], [UInt8](0..<60)]
        let section = file.sectionHeader
        var bytes = section + file.interface(resolution: 9)
        var ends = [bytes.count]
        for (index, frame) in frames.enumerated() {
            bytes += file.enhancedPacket(time: UInt64(index), frame)
            ends.append(bytes.count)
        }
        for length in 0...bytes.count {
            let path = try folder.file("cut.pcapng", Array(bytes[..<length]))
            let read = ReadFrames(path: path)
            let whole = max(0, ends.count { $0 <= length } - 1)
            #expect(read.packets.map(\.bytes) == Array(frames.prefix(whole)), "cut at \(length)")
            switch read.error {
            case .notACapture(path, _): #expect(length < 4, "cut at \(length)")
            case .cutFile(path, UInt64(whole), _): #expect(length >= 4 && !ends.contains(length), "cut at \(length)")
            // A section without an interface, which libpcap does not read.
            case .malformedFile(path, 0, _): #expect(length == section.count, "cut at \(length)")
            case nil: #expect(ends.contains(length), "cut at \(length)")
            case let other: Issue.record("cut at \(length): \(String(describing: other))")
            }
        }
    }

    @Test("after the end there is nothing more; after a fault the same fault, and no octets")
    func staysEnded() throws {
        let file = PcapFile(frames: [FrameLiteral(bytes: [1])])
        var whole = try SavefileReader(path: try folder.file("whole.pcap", file.bytes))
        #expect(try whole.next() != nil)
        #expect(try whole.next() == nil)
        #expect(try whole.next() == nil)
        let left = whole.withFrameBytes { $0.count }
        #expect(left == 0)

        let path = try folder.file("cut.pcap", file.bytes + [0, 0, 0])
        var cut = try SavefileReader(path: path)
        #expect(cut.withFrameBytes { $0.count } == 0)
        #expect(try cut.next() != nil)
        for _ in 0..<2 {
            #expect {
                try cut.next()
            } throws: { error in
                guard case .cutFile(path, 1, _) = error as? CaptureError else { return false }
                return true
            }
        }
    }

    @Test("a length beyond what the file allows is malformed, and nothing after it is read")
    func refusesImpossibleLength() throws {
        let file = PcapFile(frames: [FrameLiteral(bytes: [1, 2, 3])])
        let broken = FileByteOrder().octets(UInt64(0)) + FileByteOrder().octets(UInt32.max) + [0, 0, 0, 0]
        let path = try folder.file("a.pcap", file.bytes + broken + file.record(FrameLiteral(bytes: [4])))
        let read = ReadFrames(path: path)
        #expect(read.packets.map(\.bytes) == [[1, 2, 3]])
        guard case .malformedFile(path, 1, _) = read.error else {
            Issue.record("\(String(describing: read.error))")
            return
        }
    }

    @Test("lengths and times that make no sense are kept as they are, within what they are stored in")
    func keepsOddFields() throws {
        let file = PcapFile(frames: [
            FrameLiteral(seconds: 0xFFFF_FFFF, fraction: 5, bytes: [1, 2, 3], originalLength: 1),
            FrameLiteral(seconds: 1, fraction: 3_000_000, bytes: [4], originalLength: 0xFFFF_FFFF),
        ])
        let read = ReadFrames(path: try folder.file("a.pcap", file.bytes))
        #expect(read.error == nil)
        #expect(read.packets.map(\.info.originalLength) == [1, 0xFFFF_FFFF])
        // Seconds are unsigned: 2106, not 1969. Three million microseconds are three seconds.
        #expect(read.packets.map(\.info.timestamp.seconds) == [0xFFFF_FFFF, 4])
        #expect(read.packets.map(\.info.timestamp.subsecondNanoseconds) == [5000, 0])
    }

    @Test("LINKTYPE_ numbers come out as they stand in the file", arguments: [0, 1, 101, 106, 108, 113, 228, 229, 276])
    func keepsLinkType(number: UInt32) throws {
        let file = PcapFile(linkType: number, frames: [])
        #expect(ReadFrames(path: try folder.file("a.pcap", file.bytes)).linkType == LinkType(rawValue: number))
    }

    // MARK: Files that cannot be opened

    @Test func namesMissingFile() throws {
        let path = folder.path("missing.pcap")
        #expect(ReadFrames(path: path).error == .cannotOpen(path: path, errno: ENOENT))
    }

    @Test func namesFolder() throws {
        let path = folder.url.path
        #expect(ReadFrames(path: path).error == .readFailed(path: path, wholeFrames: 0, errno: EISDIR))
    }

    @Test("what is not a capture", arguments: ["", "abc", "some text that is no capture at all, and long enough"])
    func namesOtherFile(text: String) throws {
        let path = try folder.file("other", Array(text.utf8))
        guard case .notACapture(path, let message) = ReadFrames(path: path).error else {
            Issue.record("not .notACapture")
            return
        }
        #expect(!message.isEmpty)
    }

    @Test(
        "compressed files",
        arguments: [
            (CompressionFormat.gzip, [0x1F, 0x8B, 8, 0, 0] as [UInt8]),
            (.bzip2, [0x42, 0x5A, 0x68, 0x39, 0x31]),
            (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
            (.zstd, [0x28, 0xB5, 0x2F, 0xFD, 0]),
            (.lz4, [0x04, 0x22, 0x4D, 0x18, 0]),
        ])
    func namesCompression(format: CompressionFormat, bytes: [UInt8]) throws {
        let path = try folder.file("a", bytes)
        #expect(ReadFrames(path: path).error == .compressed(path: path, format: format))
    }

    @Test func namesUnsupportedVersion() throws {
        var bytes = PcapFile(frames: []).bytes
        bytes[4] = 99
        let path = try folder.file("a.pcap", bytes)
        guard case .malformedFile(path, 0, let message) = ReadFrames(path: path).error else {
            Issue.record("not .malformedFile")
            return
        }
        #expect(message.contains("version"))
    }

    // MARK: Filters

    @Test("a filter passes over frames, which keep their numbers")
    func filters() throws {
        let file = PcapFile(frames: (1...10).map { FrameLiteral(bytes: [UInt8](repeating: 0, count: $0 * 10)) })
        let path = try folder.file("a.pcap", file.bytes)
        let read = ReadFrames(path: path, filter: "greater 75")
        #expect(read.error == nil)
        #expect(read.packets.map(\.info.number) == [8, 9, 10])
        #expect(read.packets.map(\.bytes.count) == [80, 90, 100])
        #expect(ReadFrames(path: path, filter: "").packets.count == 10)
        #expect(ReadFrames(path: path, filter: "less 5").packets.isEmpty)
    }

    @Test func namesBadFilter() throws {
        let path = try folder.file("a.pcap", PcapFile(frames: []).bytes)
        guard case .invalidFilter("tcp prot 80", let message) = ReadFrames(path: path, filter: "tcp prot 80").error
        else {
            Issue.record("not .invalidFilter")
            return
        }
        #expect(!message.isEmpty)
    }

    @Test("forEachFrame lends every frame, and hands on what its closure throws")
    func lendsEachFrame() throws {
        struct Enough: Error {}
        let file = PcapFile(frames: (0..<5).map { FrameLiteral(bytes: [$0]) })
        let path = try folder.file("a.pcap", file.bytes)
        var seen: [UInt8] = []
        var reader = try SavefileReader(path: path)
        #expect(throws: Enough.self) {
            try reader.forEachFrame { info, bytes in
                seen.append(bytes[0])
                if info.number == 3 { throw Enough() }
            }
        }
        #expect(seen == [0, 1, 2])
        try reader.forEachFrame { _, bytes in seen.append(bytes[0]) }
        #expect(seen == [0, 1, 2, 3, 4])
    }
}
