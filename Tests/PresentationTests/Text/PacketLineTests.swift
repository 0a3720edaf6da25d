import PacketDecode
import Presentation
import TestSupport
import Testing

@Suite struct PacketLineTests {
    @Test func aConnection() {
        #expect(
            lines(SampleCapture.connection) == [
                "    1   0.000000 10.0.0.1:40000  > 10.0.0.2:7000   TCP  SYN     seq 0 win 64240 mss 1460 sackOK ts ws 7",
                "    2   0.000031 10.0.0.2:7000   > 10.0.0.1:40000  TCP  SYN ACK seq 0 ack 1 win 65160 mss 1460 sackOK ts ws 7",
                "    3   0.000044 10.0.0.1:40000  > 10.0.0.2:7000   TCP  ACK     ack 1 win 64256",
                "    4   0.020331 10.0.0.1:40000  > 10.0.0.2:7000   TCP  PSH ACK seq 1:501 ack 1 win 64256 len 500",
                "    5   0.223914 10.0.0.1:40000  > 10.0.0.2:7000   TCP  PSH ACK seq 1:501 ack 1 win 64256 len 500"
                    + " ⟲ retransmission: 1:501 was sent at 0.020331 in frame 4",
                "    6   0.224001 10.0.0.2:7000   > 10.0.0.1:40000  TCP  ACK     ack 501 win 64256 sack 1:501"
                    + " ⧉ D-SACK: 1:501 arrived twice",
                "                 frame 5 revised: spurious, a D-SACK in frame 6 says so",
                "    7   0.225000 10.0.0.1:40000  > 10.0.0.2:7000   TCP  FIN ACK seq 501 ack 1 win 64256",
                "    8   0.225100 10.0.0.2:7000   > 10.0.0.1:40000  TCP  RST ACK seq 1 ack 502 win 0"
                    + " ✗ reset: the connection is aborted",
            ])
    }

    @Test func aRefusedDatagram() {
        #expect(
            lines(SampleCapture.refusedDatagram) == [
                "    1   0.000000 10.0.0.1:5353   > 10.0.0.2:9      UDP  5 octets",
                "    2   0.000020 10.0.0.2        > 10.0.0.1        ICMP destination unreachable: port unreachable, "
                    + "answers UDP 10.0.0.1:5353 > 10.0.0.2:9",
            ])
    }

    @Test func aMixture() {
        #expect(
            lines(SampleCapture.mixture) == [
                "    1   0.000000 02:00:00:00:00:01  > 02:00:00:00:00:02  ARP  who has 10.0.0.2? tell 10.0.0.1",
                "    2   0.001000 10.0.0.1:40000     > 10.0.0.2:7000      TCP  ACK     ack 1 raw win 502, vlan 100",
                "                 host1 is 2001:db8:1234:5678:9abc:def0:1234:5678",
                "    3   0.002000 host1:4660         > [2001:db8::1]:53   UDP  3 octets",
                "    4   0.003000 10.0.0.1           > 10.0.0.2           UDP  100 octets, "
                    + "fragment id 4660 at 1480, the last",
                "    5   0.004000 02:00:00:00:00:01  > 02:00:00:00:00:02  0x1234 2 octets",
                "    6   0.005000 10.0.0.1:40000     > 10.0.0.2:7000      TCP    seq 1502 "
                    + "[cut by the snapshot length: TCP header needs 20 octets, 12 captured]",
                "    7   0.006000 10.0.0.1           > 10.0.0.2           TCP    0 octets "
                    + "[malformed: IPv4 total length 18 is less than its header's 20 octets]",
            ])
    }

    /// Whatever comes, each column starts where it started in the line before, or further on once it had to grow.
    @Test func columnsStayAlignedOrGrow() {
        let marks = lines(SampleCapture.mixture + SampleCapture.connection + SampleCapture.all)
            .filter { !$0.hasPrefix("          ") }
            .compactMap { line in
                line.firstRange(of: " > ").map { line.distance(from: line.startIndex, to: $0.lowerBound) }
            }
        #expect(marks.count == SampleCapture.mixture.count + SampleCapture.connection.count + SampleCapture.all.count)
        #expect(zip(marks, marks.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func fullAddressesOnRequest() {
        var options = PacketLine.Options()
        options.hasFullAddresses = true
        let line = lines([SampleCapture.mixture[2]], options)
        #expect(line.count == 1)
        #expect(line[0].contains("[2001:db8:1234:5678:9abc:def0:1234:5678]:4660"))
    }

    @Test(arguments: [
        (TimeStyle.relative, false, "  0.224001"), (.relative, true, "  0.224001123"), (.delta, false, "  0.000087"),
        (.epoch, false, "1764000000.224001"), (.epoch, true, "1764000000.224001123"),
        (.utc, false, "2025-11-24T16:00:00.224001Z"), (.utc, true, "2025-11-24T16:00:00.224001123Z"),
    ])
    func times(style: TimeStyle, hasNanoseconds: Bool, expected: String) {
        var options = PacketLine.Options()
        options.timeStyle = style
        options.hasNanoseconds = hasNanoseconds
        let line = lines(SampleCapture.connection, options)[5]
        #expect(line.hasPrefix("    6 \(expected) 10.0.0.2:7000"))
    }

    @Test func timesBeforeTheFirstFrame() {
        let frames = [SampleCapture.connection[1], SampleCapture.connection[0]]
        #expect(lines(frames)[1].hasPrefix("    2  -0.000031 "))
    }

    @Test func coloursMarkWhatStandsOut() {
        var options = PacketLine.Options()
        options.isColoured = true
        #expect(lines(SampleCapture.connection, options)[4].hasSuffix(" in frame 4\u{1B}[0m"))
        #expect(lines(SampleCapture.mixture, options)[7].contains("\u{1B}[31m [malformed"))
        #expect(!lines(SampleCapture.connection, options)[3].contains("\u{1B}"))
    }

    @Test func invalidChecksumsAreMarked() {
        var frame = SampleCapture.connection[3]
        frame.bytes[frame.bytes.count - 1] ^= 0xFF
        frame.bytes[22] ^= 0x01  // time to live
        let line = lines([frame], verifyingChecksums: true)[0]
        #expect(line.hasSuffix(" [invalid IPv4 header checksum] [invalid TCP checksum]"))
        let whole = lines(SampleCapture.connection, verifyingChecksums: true)
        #expect(!whole.contains { $0.contains("checksum") })
    }

    @Test(arguments: [80, 100, 120])
    func linesFoldToTheTerminal(columns: Int) {
        var options = PacketLine.Options()
        options.foldColumn = columns
        let folded = lines(SampleCapture.all, options)
        #expect(folded.allSatisfy { $0.count <= columns })
        let joined = folded.joined(separator: " ").split(separator: " ")
        let whole = lines(SampleCapture.all).joined(separator: " ").split(separator: " ")
        #expect(joined == whole)
    }

    /// Sixteen addresses more than the table has places: names are given anew and never twice.
    @Test func namesAreNeverGivenTwice() {
        var frames: [SampleCapture.Frame] = []
        for index in 0..<5000 as Range<UInt64> {
            let header = IPv6Header(
                source: IPv6Address(high: 0x2001_0DB8_0000_0001 &+ index, low: 0x1234_5678_9ABC_DEF0),
                destination: IPv6Address(high: 0x2001_0DB8_0000_0000, low: 1), nextHeader: .noNextHeader)
            let bytes = FrameBuilder(
                link: .ethernet(
                    EthernetHeader(
                        destination: MACAddress(rawValue: 2), source: MACAddress(rawValue: 1), typeOrLength: 0)),
                network: .ipv6(header)
            ).encode()
            frames.append(SampleCapture.Frame(SampleCapture.start, bytes))
        }
        let names = lines(frames + frames).compactMap { line in
            line.hasPrefix("          ") ? String(line.drop { $0 == " " }.prefix { $0 != " " }) : nil
        }
        #expect(names.count >= 5000)
        #expect(Set(names).count == names.count)
    }
}
