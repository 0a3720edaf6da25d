import PacketDecode
import Presentation
import SocketEvents
import Testing
import Timeline

@Suite("The timeline of two hosts as text")
struct HostsTimelineTextTests {
    private func shown(
        _ entries: [TimelineEntry], columns: Int, isColoured: Bool = false, sumsUp: Bool = false
    ) -> [String] {
        var timeline = TimelineText(hosts: TwoHosts.hosts, columns: columns, isColoured: isColoured, sumsUp: sumsUp)
        var buffer = OutputBuffer()
        timeline.appendHeadings(to: &buffer)
        for entry in entries { timeline.append(entry, to: &buffer) }
        timeline.appendSum(to: &buffer)
        return text(buffer)
    }

    @Test("Where much moves, what is like the rest is told in sum, and trouble line by line")
    func sums() {
        var hosts = TwoHosts()
        for index in 0..<40 {
            hosts.segment(
                from: .a, at: Double(index), .ack, sequence: 1 + UInt32(index) * 1000, acknowledgment: 1, length: 1000,
                .delivered(after: 200))
        }
        hosts.call(.send, .client, at: 41, octets: 40_000)
        hosts.sample(.a, at: 42, window: 40, threshold: 7)
        hosts.call(.send, .client, at: 43, octets: 3000)
        hosts.segment(
            from: .a, at: 50, .ack, sequence: 40_001, acknowledgment: 1, length: 1000, .dropped(.rule(1)))
        for index in 51..<60 {
            hosts.segment(
                from: .a, at: Double(index), .ack, sequence: UInt32(index - 10) * 1000 + 1, acknowledgment: 1,
                length: 1000, .delivered(after: 200))
        }
        let all = shown(hosts.sorted, columns: 120)
        let lines = shown(hosts.sorted, columns: 120, sumsUp: true)
        // The first 24, before the first sum.
        #expect(lines.prefix(25) == all.prefix(25))
        #expect(
            lines.dropFirst(25).map { $0.split(whereSeparator: { " │├┤".contains($0) }).joined(separator: " ") } == [
                "0.024000 ⋮ A sends 16000 octets in 16 segments, 1 call",
                "0.042000 A cwnd 40 ssthresh 7", "rto 204 ms resent 0",
                "0.043000 ⋮ A sends 1000 octets in 1 segment, 1 call",
                "0.050010 ──✗ 40001:41001 dropped by rule 1",
                "0.051000 ─▶ ACK seq 41001:42001 ack 1 raw win 502 len 1000",
                "0.052000 ─▶ ACK seq 42001:43001 ack 1 raw win 502 len 1000",
                "0.053000 ─▶ ACK seq 43001:44001 ack 1 raw win 502 len 1000",
                "0.054000 ─▶ ACK seq 44001:45001 ack 1 raw win 502 len 1000",
                "0.055000 ⋮ A sends 5000 octets in 5 segments, 40 frames arrive at", "B",
                "0.251000 ACK seq 41001:42001 ack 1 raw win 502 len 1000 ─▶",
                "⋯ gap: 40001:41001 was not seen",
                "0.252000 ACK seq 42001:43001 ack 1 raw win 502 len 1000 ─▶",
                "0.253000 ACK seq 43001:44001 ack 1 raw win 502 len 1000 ─▶",
                "0.254000 ACK seq 44001:45001 ack 1 raw win 502 len 1000 ─▶",
                "0.255000 ACK seq 45001:46001 ack 1 raw win 502 len 1000 ─▶",
                "0.256000 ⋮ 4 frames arrive at B",
            ])
    }

    @Test("At 120 columns the hosts' rails stand side by side, and what the link did between them")
    func sideBySide() {
        #expect(
            shown(TwoHosts.aLostSegment.sorted, columns: 120).joined(separator: "\n") == """
                time      program                   A                           link                            B kernel
                0.000000  A connect 10.7.0.2:7000   │                                                           │
                0.000050                            ├─▶ SYN     seq 0 win 502 mss 1460 sackOK ws 7              │
                0.010050                            │              SYN     seq 0 win 502 mss 1460 sackOK ws 7 ─▶┤
                0.010100                            │        SYN ACK seq 0 ack 1 win 502 mss 1460 sackOK ws 7 ◀─┤
                0.020100                            ├◀─ SYN ACK seq 0 ack 1 win 502 mss 1460 sackOK ws 7        │
                0.020150                            ├─▶ ACK     ack 1 win 64256                                 │
                0.020200  A send 3000 octets        │                                                           │
                0.020300                            │                                                           │ A cwnd 10 rto 204 ms
                                                    │                                                           │   resent 0
                0.020400                            ├─▶ ACK     seq 1:1001 ack 1 win 64256 len 1000             │
                0.020450                            ├─▶ ACK     seq 1001:2001 ack 1 win 64256 len 1000          │
                0.020460                            │              ──✗ 1001:2001 dropped by rule 1              │
                0.020500                            ├─▶ PSH ACK seq 2001:3001 ack 1 win 64256 len 1000          │
                0.030150                            │                                 ACK     ack 1 win 64256 ─▶┤
                0.030200  B accept 10.7.0.1:40000   │                                                           │
                0.030400                            │             ACK     seq 1:1001 ack 1 win 64256 len 1000 ─▶┤
                0.030500                            │          PSH ACK seq 2001:3001 ack 1 win 64256 len 1000 ─▶┤
                                                    │                           ⋯ gap: 1001:2001 was not seen   │
                0.030500                            │                              ACK     ack 1001 win 64256 ◀─┤
                0.030510                            │              ack 1001 dropped by chance ✗──               │
                0.030600                            │               ACK     ack 1001 win 64256 sack 2001:3001 ◀─┤
                                                    │            ≡ duplicate ACK 1, with new SACK information   │
                0.032500                            │          PSH ACK seq 2001:3001 ack 1 win 64256 len 1000 ─▶┤
                                                    │              ⧉ doubled by the network: came at 0.030500   │
                0.032500                            │                   ──⧉ 2001:3001 doubled                   │
                0.040600                            ├◀─ ACK     ack 1001 win 64256 sack 2001:3001               │
                0.230700                            ├─▶ ACK     seq 1001:2001 ack 1 win 64256 len 1000          │
                                                    │   ⟲ retransmission: 1001:2001 was sent at 0.020450, after │
                                                    │     a timeout                                             │
                0.230800                            │                                                           │ A cwnd 1 ssthresh 7
                                                    │                                                           │   rto 204 ms resent 1
                0.240700                            │          ACK     seq 1001:2001 ack 1 win 64256 len 1000 ─▶┤
                                                    │ ⟲ retransmission, original unseen: 1001:2001 left after   │
                                                    │   what came at 0.032500, after a timeout                  │
                0.240800  B receive 3000 octets     │                                                           │
                0.240900                            │                              ACK     ack 3001 win 64256 ◀─┤
                0.250900                            ├◀─ ACK     ack 3001 win 64256                              │
                """)
    }

    @Test("At 80 columns the lanes share the width, each indented more")
    func folded() {
        #expect(
            shown(TwoHosts.aLostSegment.sorted, columns: 80).joined(separator: "\n") == """
                0.000000  A connect 10.7.0.2:7000
                0.000050    A ─▶ SYN     seq 0 win 502 mss 1460 sackOK ws 7
                0.010050        ─▶ B SYN     seq 0 win 502 mss 1460 sackOK ws 7
                0.010100        ◀─ B SYN ACK seq 0 ack 1 win 502 mss 1460 sackOK ws 7
                0.020100    A ◀─ SYN ACK seq 0 ack 1 win 502 mss 1460 sackOK ws 7
                0.020150    A ─▶ ACK     ack 1 win 64256
                0.020200  A send 3000 octets
                0.020300          kernel A cwnd 10 rto 204 ms resent 0
                0.020400    A ─▶ ACK     seq 1:1001 ack 1 win 64256 len 1000
                0.020450    A ─▶ ACK     seq 1001:2001 ack 1 win 64256 len 1000
                0.020460      ──✗ 1001:2001 dropped by rule 1
                0.020500    A ─▶ PSH ACK seq 2001:3001 ack 1 win 64256 len 1000
                0.030150        ─▶ B ACK     ack 1 win 64256
                0.030200  B accept 10.7.0.1:40000
                0.030400        ─▶ B ACK     seq 1:1001 ack 1 win 64256 len 1000
                0.030500        ─▶ B PSH ACK seq 2001:3001 ack 1 win 64256 len 1000
                                     ⋯ gap: 1001:2001 was not seen
                0.030500        ◀─ B ACK     ack 1001 win 64256
                0.030510      ack 1001 dropped by chance ✗──
                0.030600        ◀─ B ACK     ack 1001 win 64256 sack 2001:3001
                                     ≡ duplicate ACK 1, with new SACK information
                0.032500        ─▶ B PSH ACK seq 2001:3001 ack 1 win 64256 len 1000
                                     ⧉ doubled by the network: came at 0.030500
                0.032500      ──⧉ 2001:3001 doubled
                0.040600    A ◀─ ACK     ack 1001 win 64256 sack 2001:3001
                0.230700    A ─▶ ACK     seq 1001:2001 ack 1 win 64256 len 1000
                                 ⟲ retransmission: 1001:2001 was sent at 0.020450, after a
                                   timeout
                0.230800          kernel A cwnd 1 ssthresh 7 rto 204 ms resent 1
                0.240700        ─▶ B ACK     seq 1001:2001 ack 1 win 64256 len 1000
                                     ⟲ retransmission, original unseen: 1001:2001 left after
                                       what came at 0.032500, after a timeout
                0.240800  B receive 3000 octets
                0.240900        ◀─ B ACK     ack 3001 win 64256
                0.250900    A ◀─ ACK     ack 3001 win 64256
                """)
    }

    @Test("No line is longer than the terminal's", arguments: [60, 80, 109, 110, 120, 200])
    func widths(columns: Int) {
        var story = TwoHosts.aLostSegment
        let long = Endpoint(
            address: .v6(IPv6Address(high: 0x2001_0DB8_1234_5678, low: 0x9ABC_DEF0_1234_5678)), port: 65535)
        story.call(.connect, .client, at: 250, peer: long)
        for line in shown(story.sorted, columns: columns) { #expect(line.count <= columns, "\(line)") }
    }

    @Test("Colours change no column, and each that begins ends in its line")
    func coloured() {
        let entries = TwoHosts.aLostSegment.sorted
        let plain = shown(entries, columns: 120)
        let coloured = shown(entries, columns: 120, isColoured: true)
        let stripped = coloured.map { $0.replacing(#/\u{1B}\[[0-9]*m/#, with: "") }
        #expect(stripped == plain)
        #expect(coloured.contains { $0.contains("\u{1B}[31m──✗ 1001:2001 dropped by rule 1\u{1B}[0m") })
        #expect(coloured.allSatisfy { !$0.contains("\u{1B}") || $0.hasSuffix("\u{1B}[0m") || $0.last != "m" })
    }

    @Test("What a program's failure says does not reach the terminal unescaped")
    func hostile() {
        var story = TwoHosts()
        story.call(
            .connect, .client, at: 0,
            failure: SocketError(operation: .connect, cause: .other("no \u{1B}[2J host"), subject: "x"))
        let lines = shown(story.sorted, columns: 80)
        #expect(lines == [#"0.000000  A connect failed: no \x1b[2J host"#])
    }
}
