import Foundation
import Glibc
import TestSupport
import Testing

@Suite("wirewatch udp with numbered datagrams, live")
struct NumberedDatagramTests {
    /// A receiver that reports in JSON, and its address.
    static func receiver(
        _ host: String, _ io: String, _ arguments: String...
    ) throws -> (program: ChildProcess, address: String) {
        let receiver = try ChildProcess.wirewatch(
            arguments: ["udp", "receive", "\(host):0", "--io", io, "--numbered", "--json"] + arguments)
        let bind = try Events([receiver.waitForLine { $0.contains("\"bind\"") }]).all
        return (receiver, try #require(bind[0]["local"] as? String))
    }

    /// The totals of the streams, by their numbers, and the sum.
    static func totals(
        _ events: Events, role: String = "receiver"
    ) -> (streams: [[String: Any]], sum: [String: Any]?) {
        let totals = events.named("report").filter { report in
            report["extent"] as? String == "total" && report["role"] as? String == role
        }
        return (totals.filter { $0["stream"] != nil }, totals.last { $0["stream"] == nil })
    }

    @Test("A whole stream is reported whole, at both ends", arguments: TrafficTCPTests.pairs)
    func whole(host: String, receiving: String, sending: String) throws {
        let (receiver, address) = try Self.receiver(host, receiving)
        let sender = try ChildProcess.wirewatch(
            "udp", "send", address, "--io", sending, "--numbered", "--count", "500", "--rate", "5000", "--size", "64",
            "--peer-report", "--json"
        ).finish()
        #expect(sender.ending == .exited(0), "\(sender.errorLines)")
        receiver.send(signal: SIGINT)
        let outcome = try receiver.finish()
        #expect(outcome.ending == .exited(0))
        let received = try Self.totals(Events(outcome.lines))
        let stream = try #require(received.streams.first)
        #expect(received.streams.count == 1)
        #expect(stream["datagrams"] as? Int == 500 && stream["total"] as? Int == 500)
        #expect(stream["octets"] as? Int == 32000)
        for nothing in ["lost", "doubled", "outOfOrder", "unplaced", "lostOctets"] {
            #expect(stream[nothing] as? Int == 0, "\(nothing)")
        }
        #expect(received.sum?["droppedByKernel"] as? Int == 0)
        let events = try Events(sender.lines)
        let sent = try #require(Self.totals(events, role: "sender").streams.first)
        #expect(sent["datagrams"] as? Int == 500 && sent["octets"] as? Int == 32000)
        // What the receiver told is what it counted.
        let heard = try #require(Self.totals(events).streams.first)
        for key in ["datagrams", "octets", "total", "lost", "jitter", "start", "end"] {
            #expect("\(heard[key] ?? "")" == "\(stream[key] ?? "")", "\(key)")
        }
        #expect(stream["peer"] as? String == sent["local"] as? String)
    }

    /// Sends the numbers that its arguments name, from one socket for each group, in the layout with 32 bits.
    private static let python = """
        import socket, struct, sys, time
        host, port = sys.argv[1].rsplit(":", 1)
        host = host.strip("[]")
        for group in sys.argv[2:]:
            s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
            for number in group.split(","):
                now = time.time()
                s.sendto(struct.pack("!III", int(now), int(now % 1 * 1e6), int(number)), (host, int(port)))
        """

    @Test(
        "Lost, doubled and out of order are told for each sender", arguments: ["127.0.0.1", "[::1]"],
        TrafficUDPTests.manners)
    func crafted(host: String, io: String) throws {
        let (receiver, address) = try Self.receiver(host, io, "--count", "13")
        let python = try ChildProcess(
            "/usr/bin/env", ["python3", "-c", Self.python, address, "1,2,2,5,4,7", "2,1,3,3,3,1,8"])
        #expect(try python.finish().ending == .exited(0))
        let outcome = try receiver.finish()
        #expect(outcome.ending == .exited(0))
        let totals = try Self.totals(Events(outcome.lines))
        func counts(_ report: [String: Any]?) -> [Int?] {
            ["datagrams", "total", "lost", "doubled", "outOfOrder"].map { report?[$0] as? Int }
        }
        try #require(totals.streams.count == 2)
        #expect(counts(totals.streams[0]) == [6, 7, 2, 1, 1])
        #expect(counts(totals.streams[1]) == [7, 8, 4, 3, 1])
        #expect(counts(totals.sum) == [13, 15, 6, 4, 2])
    }

    @Test("What the socket drops is lost in the sender's eyes too", arguments: TrafficUDPTests.manners)
    func dropped(io: String) throws {
        let (receiver, address) = try Self.receiver("127.0.0.1", io, "--loss", "30%")
        let sender = try ChildProcess.wirewatch(
            "udp", "send", address, "--io", io, "--numbered", "--udp-counters-64bit", "--count", "10", "--json"
        ).finish()
        #expect(sender.ending == .exited(0))
        let second = try ChildProcess.wirewatch(
            "udp", "send", address, "--io", io, "--numbered", "--count", "1000", "--rate", "20000", "--peer-report",
            "--json"
        ).finish()
        #expect(second.ending == .exited(0), "\(second.errorLines)")
        receiver.send(signal: SIGTERM)
        let outcome = try receiver.finish()
        let heard = try #require(Self.totals(Events(second.lines)).streams.first)
        // The receiver asked for 32 bits: 1000 were sent, whatever of them came.
        #expect(heard["total"] as? Int == 1000)
        let lost = try #require(heard["lost"] as? Int)
        let arrived = try #require(heard["datagrams"] as? Int)
        #expect(lost + arrived == 1000 && lost > 200 && lost < 400)
        let sum = try #require(Self.totals(Events(outcome.lines)).sum)
        let kernel = try #require(sum["droppedByKernel"] as? Int)
        // It drops of the first sender's ten too, and of the questions for the report.
        #expect(kernel >= lost && kernel <= lost + 20)
    }

    @Test("Each second's count is the rate, by the arrivals", arguments: TrafficUDPTests.manners)
    func rate(io: String) throws {
        let (receiver, address) = try Self.receiver("127.0.0.1", "blocking", "--interval", "250ms")
        let sender = try ChildProcess.wirewatch(
            "udp", "send", address, "--io", io, "--numbered", "--size", "16", "--rate", "4000", "--duration", "1s",
            "--report-interval", "250ms", "--json"
        ).finish()
        #expect(sender.ending == .exited(0))
        receiver.send(signal: SIGINT)
        let events = try Events(receiver.finish().lines)
        #expect(Self.totals(events).sum?["datagrams"] as? Int == 4000)
        let sent = try #require(Self.totals(Events(sender.lines), role: "sender").streams.first)
        #expect(sent["datagrams"] as? Int == 4000)
        // A busy machine may delay a burst over a boundary; what was late follows, and nothing is added or left out.
        let intervals = events.named("report").filter { $0["extent"] as? String == "interval" && $0["stream"] != nil }
        #expect(intervals.reduce(0) { $0 + ($1["datagrams"] as? Int ?? 0) } <= 4000)
        #expect(intervals.count >= 3)
    }

    @Test("A receiver's text is what iperf3's users know", arguments: TrafficUDPTests.manners)
    func text(io: String) throws {
        let receiver = try ChildProcess.wirewatch(
            "udp", "receive", "127.0.0.1:0", "--io", io, "--numbered", "--count", "100")
        let address = try TrafficUDPTests.address(of: receiver)
        let sender = try ChildProcess.wirewatch("udp", "send", address, "--numbered", "--count", "100", "--size", "128")
            .finish()
        #expect(sender.lines.contains("[ ID] Interval           Transfer     Bitrate         Total Datagrams"))
        #expect(sender.errorLines.first?.hasPrefix("wirewatch: 100 datagrams, ") == true)
        let outcome = try receiver.finish()
        let heading = "[ ID] Interval           Transfer     Bitrate         Jitter    Lost/Total Datagrams"
        #expect(outcome.lines.contains(heading))
        let total = try #require(outcome.lines.first { $0.hasSuffix("receiver") })
        #expect(total.hasPrefix("[  1]   0.00-"))
        #expect(total.contains(" sec  12.5 KBytes  "))
        #expect(total.hasSuffix(" ms  0/100 (0%)  receiver"))
        #expect(outcome.lines.contains { $0.hasPrefix("[  1] \(address) from 127.0.0.1:") })
        #expect(
            outcome.errorLines == [
                "wirewatch: 100 datagrams, 12800 octets received, 0 octets lost to the receive buffer's size, "
                    + "0 datagrams dropped by the kernel"
            ])
    }

    @Test(
        "What makes no sense together is refused with 64",
        arguments: [
            ["--peer-report"], ["--numbered", "--message", "x"], ["--numbered", "--size", "11"],
            ["--udp-counters-64bit"], ["--burst", "2"], ["--rate", "1", "--bitrate", "10"],
            ["--numbered", "--peer-report", "--duplex"], ["--size", "65528"],
        ])
    func usage(arguments: [String]) throws {
        let outcome = try ChildProcess.wirewatch(arguments: ["udp", "send", "127.0.0.1:9"] + arguments).finish()
        #expect(outcome.ending == .exited(64))
    }
}
