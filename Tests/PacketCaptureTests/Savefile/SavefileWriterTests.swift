import Foundation
import Glibc
import PacketCapture
import PacketDecode
import TestSupport
import Testing

@Suite struct SavefileWriterTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A UDP datagram of one octet in an Ethernet frame, then frames of other shapes.
    static let packets: [CapturedPacket] = {
        let datagram: [UInt8] = [
            0x02, 0, 0, 0, 0, 2,  // destination
            0x02, 0, 0, 0, 0, 1,  // source
            0x08, 0x00,  // IPv4
            0x45, 0x00, 0x00, 0x1D,  // version, header length, total length 29
            0x00, 0x01, 0x00, 0x00, 0x40, 0x11, 0x00, 0x00,
            127, 0, 0, 1, 127, 0, 0, 1,
            0x00, 0x35, 0x04, 0xD2,  // ports 53, 1234
            0x00, 0x09, 0x00, 0x00,  // length 9, no checksum
            0x41,
        ]
        let octets: [[UInt8]] = [datagram, [UInt8](repeating: 0xAA, count: 60), datagram + [0, 0, 0]]
        let times: [Int64] = [1_700_000_000_123_456_789, 0, 4_294_967_295_999_999_999]
        return zip(octets, times).enumerated().map { index, frame in
            CapturedPacket(
                info: FrameInfo(
                    number: UInt64(index + 1), timestamp: Timestamp(nanosecondsSinceEpoch: frame.1),
                    capturedLength: frame.0.count, originalLength: frame.0.count + index * 100),
                bytes: frame.0, linkType: .ethernet)
        }
    }()

    func write(
        _ packets: [CapturedPacket], to path: String, linkType: LinkType = .ethernet
    ) throws(CaptureError) {
        var writer = try SavefileWriter(path: path, linkType: linkType, snapshotLength: 4096)
        for packet in packets { try writer.write(packet) }
        try writer.close()
    }

    @Test("what is written is read: octets, lengths, nanoseconds, link type, snapshot length")
    func roundTrips() throws {
        let path = folder.path("a.pcap")
        try write(Self.packets, to: path)
        let read = ReadFrames(path: path)
        #expect(read.error == nil)
        #expect(read.packets == Self.packets)
        let reader = try SavefileReader(path: path)
        let snapshotLength = reader.snapshotLength
        #expect(snapshotLength == 4096)
    }

    @Test("the file, octet by octet")
    func writesFormat() throws {
        let path = folder.path("a.pcap")
        let info = FrameInfo(
            number: 1, timestamp: Timestamp(seconds: 5, nanoseconds: 6), capturedLength: 2, originalLength: 3)
        try write([CapturedPacket(info: info, bytes: [7, 8], linkType: .raw)], to: path, linkType: .raw)
        let expected = PcapFile(
            hasNanoseconds: true, snapshotLength: 4096, linkType: 101,
            frames: [FrameLiteral(seconds: 5, fraction: 6, bytes: [7, 8], originalLength: 3)])
        #expect(try Array(Data(contentsOf: URL(filePath: path))) == expected.bytes)
    }

    @Test("LINKTYPE_ numbers", arguments: [LinkType.null, .raw, .loop, .linuxSLL, .ipv4, .ipv6, .linuxSLL2])
    func keepsLinkType(linkType: LinkType) throws {
        let path = folder.path("a.pcap")
        try write([], to: path, linkType: linkType)
        #expect(ReadFrames(path: path).linkType == linkType)
    }

    @Test("more than the buffer holds, in order")
    func writesLongFile() throws {
        let path = folder.path("a.pcap")
        var writer = try SavefileWriter(path: path, linkType: .ethernet)
        let sizes = [0, 1, 1500, 70_000, 262_144, 3]
        for number in 1...60 {
            let bytes = [UInt8](repeating: UInt8(number), count: sizes[number % sizes.count])
            let info = FrameInfo(
                number: UInt64(number), timestamp: Timestamp(nanosecondsSinceEpoch: Int64(number)),
                capturedLength: bytes.count, originalLength: bytes.count)
            try writer.write(info, bytes.span)
        }
        try writer.close()
        let read = ReadFrames(path: path)
        #expect(read.error == nil)
        #expect(read.packets.map(\.bytes.count) == (1...60).map { sizes[$0 % sizes.count] })
        #expect(read.packets.allSatisfy { packet in packet.bytes.allSatisfy { $0 == UInt8(packet.info.number) } })
    }

    @Test("flush makes frames readable before the file is closed; the end of a writer's life writes the rest")
    func flushesAndEnds() throws {
        let path = folder.path("a.pcap")
        do {
            var writer = try SavefileWriter(path: path, linkType: .ethernet)
            try writer.write(Self.packets[0])
            try writer.flush()
            #expect(ReadFrames(path: path).packets == [Self.packets[0]])
            try writer.write(Self.packets[1])
        }
        #expect(ReadFrames(path: path).packets == Array(Self.packets[0...1]))
    }

    @Test("a full disk is reported by close, flush and write")
    func reportsFullDisk() throws {
        let full = CaptureError.writeFailed(path: "/dev/full", errno: ENOSPC)
        let closing = try SavefileWriter(path: "/dev/full", linkType: .ethernet)
        do {
            try closing.close()
            Issue.record("closed without an error")
        } catch {
            #expect(error == full)
        }
        var writer = try SavefileWriter(path: "/dev/full", linkType: .ethernet)
        #expect(throws: full) { try writer.flush() }
        let bytes = [UInt8](repeating: 0, count: 200_000)
        let info = FrameInfo(
            number: 1, timestamp: Timestamp(nanosecondsSinceEpoch: 0), capturedLength: bytes.count,
            originalLength: bytes.count)
        try writer.write(info, bytes.span)
        #expect(throws: full) { try writer.write(info, bytes.span) }
    }

    @Test func namesMissingFolder() {
        let path = folder.path("missing/a.pcap")
        #expect(throws: CaptureError.cannotOpen(path: path, errno: ENOENT)) { try write([], to: path) }
    }

    @Test("times that 32 bits of seconds do not hold", arguments: [-1, 4_294_967_296_000_000_000])
    func refusesTimes(nanoseconds: Int64) {
        let path = folder.path("a.pcap")
        let info = FrameInfo(
            number: 9, timestamp: Timestamp(nanosecondsSinceEpoch: nanoseconds), capturedLength: 0, originalLength: 0)
        #expect(throws: CaptureError.timestampOutOfRange(path: path, frame: 9)) {
            try write([CapturedPacket(info: info, bytes: [], linkType: .ethernet)], to: path)
        }
    }

    @Test("tcpdump reads the same nanoseconds and lengths", .enabled(if: Tool("tcpdump") != nil, "needs tcpdump"))
    func tcpdumpReads() throws {
        let path = folder.path("a.pcap")
        try write(Self.packets, to: path)
        let tcpdump = try #require(Tool("tcpdump"))
        let (output, status) = try tcpdump.run(["-nn", "-tt", "--nano", "-r", path])
        #expect(status == 0)
        let lines = output.split(separator: "\n").filter { !$0.hasPrefix("\t") }
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("1700000000.123456789 IP 127.0.0.1.53 > 127.0.0.1.1234"))
        #expect(lines[1].hasPrefix("0.000000000 "))
    }

    @Test("tshark reads the same nanoseconds and lengths", .enabled(if: Tool("tshark") != nil, "needs tshark"))
    func tsharkReads() throws {
        let path = folder.path("a.pcap")
        try write(Self.packets, to: path)
        let tshark = try #require(Tool("tshark"))
        let (output, status) = try tshark.run(
            ["-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len"])
        #expect(status == 0)
        #expect(
            output == """
                1700000000.123456789\t43\t43
                0.000000000\t60\t160
                4294967295.999999999\t46\t246

                """)
    }
}
