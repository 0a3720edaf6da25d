import Foundation
import PacketDecode
import TestSupport
import Testing

/// `wirewatch follow` over captures that are made here.
@Suite struct FollowTests {
    /// A capture of raw IP packets, a millisecond apart.
    private static func capture(_ packets: [[UInt8]]) -> [UInt8] {
        func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var bytes = word(0xA1B2_C3D4) + [2, 0, 4, 0] + word(0) + word(0) + word(65_535) + word(101)
        for (index, packet) in packets.enumerated() {
            bytes += word(1_764_000_000) + word(index * 1000) + word(packet.count) + word(packet.count) + packet
        }
        return bytes
    }

    private static func header(_ isClient: Bool, flagsAndFragmentOffset: UInt16 = 0x4000) -> IPv4Header {
        let (client, server) = (IPv4Address(10, 0, 0, 1), IPv4Address(10, 0, 0, 2))
        return IPv4Header(
            source: isClient ? client : server, destination: isClient ? server : client, protocol: .udp,
            identification: 9, flagsAndFragmentOffset: flagsAndFragmentOffset)
    }

    /// A segment with relative numbers.
    private static func segment(
        _ isClient: Bool, _ flags: TCPFlags, _ sequence: UInt32, ack: UInt32? = nil, _ text: String = ""
    ) -> [UInt8] {
        let header = TCPHeader(
            sourcePort: isClient ? 40_000 : 80, destinationPort: isClient ? 80 : 40_000,
            sequenceNumber: SequenceNumber(rawValue: (isClient ? 1000 : 5000) + sequence),
            acknowledgmentNumber: SequenceNumber(rawValue: ack.map { (isClient ? 5000 : 1000) + $0 } ?? 0),
            flags: ack == nil ? flags : flags.union(.ack), window: 1000)
        return FrameBuilder(
            network: .ipv4(Self.header(isClient)), transport: .tcp(header), payload: Array(text.utf8)
        ).encode()
    }

    private static let handshake = [
        segment(true, .syn, 0), segment(false, .syn, 0, ack: 1), segment(true, [], 1, ack: 1),
    ]

    private func follow(_ packets: [[UInt8]], _ arguments: String...) throws -> ChildProcess.Outcome {
        let folder = try TemporaryFolder()
        let path = try folder.file("said.pcap", Self.capture(packets))
        return try ChildProcess.wirewatch(arguments: ["follow", path] + arguments).finish()
    }

    @Test func bothSidesInOrder() throws {
        let outcome = try follow(
            Self.handshake + [
                Self.segment(true, .psh, 7, ack: 1, "\u{1B}[31mx\n"), Self.segment(true, .psh, 1, ack: 1, "GET /\n"),
                Self.segment(false, .psh, 1, ack: 14, "no\r\nend"), Self.segment(false, .fin, 8, ack: 14),
                Self.segment(true, .rst, 14, ack: 9),
            ], "--connection", "1")
        #expect(outcome.ending == .exited(0))
        #expect(
            outcome.lines.filter { !$0.isEmpty } == [
                "▶ TCP 10.0.0.1:40000, the initiator", "◀ TCP 10.0.0.2:80, the responder",
                "    5   0.004000 ▶ GET /\\n", "    5   0.004000 ▶ \\x1b[31mx\\n", "    6   0.005000 ◀ no\\r\\n",
                "    6   0.005000 ◀ end", "    7   0.006000 ◀ [end: FIN]", "    8   0.007000 ▶ [end: RST]",
            ])
        #expect(
            outcome.errorLines.first
                == "wirewatch: connection 1: 13 octets from the initiator, 7 from the responder")
    }

    @Test func gapsAndConflictsInTheirPlace() throws {
        let outcome = try follow(
            Self.handshake + [
                Self.segment(true, .psh, 1, ack: 1, "abc"), Self.segment(true, .psh, 1, ack: 1, "aXc"),
                Self.segment(false, [], 1, ack: 6), Self.segment(true, .psh, 6, ack: 1, "fg"),
            ], "-n", "1")
        #expect(
            outcome.lines.dropFirst(2).filter { !$0.isEmpty } == [
                "    4   0.003000 ▶ abc",
                "    5   0.004000 ▶ [1 octet from offset 1 came again and differs: the first is shown]",
                "    7   0.006000 ▶ [2 octets missing: acknowledged, but not captured]",
                "    7   0.006000 ▶ fg", "    7   0.006000 ▶ [no end captured]", "    7   0.006000 ◀ [no end captured]",
            ])
    }

    @Test func fragmentedDatagram() throws {
        var datagram: [UInt8] = []
        UDPHeader(sourcePort: 1000, destinationPort: 2000, length: 28).encode(into: &datagram)
        datagram += Array("twelve octets, and more".utf8).prefix(20)
        let parts = [(0x2000 as UInt16, datagram[0..<16]), (2, datagram[16...])].map { flags, part in
            FrameBuilder(
                network: .ipv4(Self.header(true, flagsAndFragmentOffset: flags)), payload: Array(part)
            ).encode()
        }
        let outcome = try follow(parts, "-n", "1", "--json")
        let said = try Events(outcome.lines).named("stream").filter { $0["kind"] as? String == "datagram" }
        #expect(said.compactMap { $0["content"] as? String } == ["twelve octets, and m"])
        #expect(said.compactMap { $0["number"] as? Int } == [2])
        let alone = try follow([parts[0]], "-n", "1")
        #expect(alone.lines.contains { $0.contains("never came together") && $0.contains("frame 1") })
    }

    @Test func rawOctetsOfOneSide() throws {
        let packets =
            Self.handshake + [
                Self.segment(true, .psh, 1, ack: 1, "\0\u{1}raw"), Self.segment(false, .psh, 1, ack: 6, "answer"),
            ]
        let initiator = try follow(packets, "-n", "1", "--write-raw", "-", "--direction", "initiator")
        #expect(initiator.output == Array("\0\u{1}raw".utf8))
        let folder = try TemporaryFolder()
        let file = folder.path("raw")
        _ = try follow(packets, "-n", "1", "--write-raw", file, "--direction", "responder")
        #expect(try Data(contentsOf: URL(filePath: file)) == Data("answer".utf8))
        #expect(try follow(packets, "-n", "1", "--write-raw", file).ending == .exited(64))
    }

    @Test func noSuchConnection() throws {
        let outcome = try follow(Self.handshake, "-n", "3")
        #expect(outcome.ending == .exited(1))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.first?.hasPrefix("wirewatch: cannot follow connection 3: ") == true)
        #expect(outcome.errorLines.first?.hasSuffix("has 1 connection or datagram flow") == true)
        #expect(try follow(Self.handshake, "-n", "0").ending == .exited(64))
    }
}
