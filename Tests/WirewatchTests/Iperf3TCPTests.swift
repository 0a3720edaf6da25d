import Foundation
import Glibc
import TestSupport
import Testing

/// Bulk tests against the real iperf3, both ways round, and against ourselves.
@Suite("wirewatch tcp --iperf3, live")
struct Iperf3TCPTests {
    static let manners = ["blocking", "async"]

    /// Each manner over each address family.
    static let ways = manners.flatMap { io in ["127.0.0.1", "::1"].map { (io, $0) } }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    private func server(
        _ io: String, host: String = "127.0.0.1", _ more: [String] = []
    ) throws -> (ChildProcess, port: String) {
        let process = try ChildProcess.wirewatch(
            arguments: ["tcp", "listen", "\(Self.bracketed(host)):0", "--io", io, "--iperf3"] + more)
        let line = try process.waitForErrorLine { $0.contains("serving iperf3 tests on") }
        return (process, try #require(line.split(separator: ":").last.map(String.init)))
    }

    /// iperf3's server, for one test, once it listens.
    private func iperf3Server(host: String) throws -> (ChildProcess, port: String) {
        // iperf3 does not choose a port by itself. One that the kernel gave and took back is free.
        for _ in 0..<20 {
            let port = try Self.freePort()
            let process = try ChildProcess(
                "/usr/bin/env",
                ["iperf3", "--server", "--one-off", "--bind", host, "--port", port, "--forceflush"])
            if let line = try? process.waitForLine(where: { $0.contains("Server listening") }), !line.isEmpty {
                return (process, port)
            }
        }
        throw ChildProcess.Failure.cannotStart(path: "iperf3", errno: EADDRINUSE)
    }

    private static func freePort() throws -> String {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        try #require(result == 0)
        return "\(UInt16(bigEndian: address.sin6_port))"
    }

    private func stop(_ process: ChildProcess) throws -> ChildProcess.Outcome {
        process.send(signal: SIGINT)
        return try process.finish()
    }

    @Test("iperf3 -c sends to, and receives from, our server", arguments: ways)
    func served(io: String, host: String) throws {
        let (server, port) = try server(io, host: host)
        for more in ["-n 1M", "-n 1M -R", "-n 2M -P 3", "-t 1 -R -P 2 -i 0.2", "-t 1 -O 1 -b 10M"] {
            let more = more.split(separator: " ").map(String.init)
            let client = try ChildProcess("/usr/bin/env", ["iperf3", "-c", host, "-p", port] + more)
            let outcome = try client.finish()
            #expect(outcome.ending == .exited(0), "\(more): \(outcome.lines) \(outcome.errorLines)")
            #expect(outcome.lines.contains { $0.hasSuffix("sender") }, "\(more)")
            #expect(outcome.lines.contains { $0.hasSuffix("receiver") && !$0.contains(" 0.00 Bytes") }, "\(more)")
            #expect(outcome.lines.contains("iperf Done."), "\(more)")
        }
        let outcome = try stop(server)
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.filter { $0.contains("Accepted connection from") }.count == 5)
        #expect(outcome.lines.contains { $0.hasSuffix("  (omitted)") })
        #expect(outcome.lines.contains { $0.hasPrefix("[SUM]") && $0.hasSuffix("receiver") })
        #expect(outcome.lines.contains { $0.contains("1.00 MBytes") && $0.hasSuffix("receiver") })
    }

    @Test("iperf3 -c reads our server's report, and is refused what is not served", arguments: manners)
    func reportAndRefusal(io: String) throws {
        let (server, port) = try server(io)
        let asking = try ChildProcess(
            "/usr/bin/env", ["iperf3", "-c", "127.0.0.1", "-p", port, "-n", "1M", "--get-server-output"])
        let asked = try asking.finish()
        #expect(asked.ending == .exited(0))
        let text = asked.lines.drop { !$0.contains("Server output") }
        // As iperf3's, a server counts what it has read when the client says that the test is over.
        #expect(text.contains { $0.contains("Bytes ") && $0.hasSuffix("receiver") }, "\(asked.lines)")
        for options in [["--bidir"], ["-u"], ["-R", "--fq-rate", "1M"], ["-R", "-S", "8"]] {
            let client = try ChildProcess(
                "/usr/bin/env", ["iperf3", "-c", "127.0.0.1", "-p", port, "-t", "1"] + options)
            let outcome = try client.finish()
            #expect(outcome.ending == .exited(1))
            #expect((outcome.lines + outcome.errorLines).contains { $0.contains("not implemented") }, "\(options)")
        }
        let congestion = try ChildProcess(
            "/usr/bin/env", ["iperf3", "-c", "127.0.0.1", "-p", port, "-n", "1M", "-R", "-C", "reno"])
        #expect(try congestion.finish().ending == .exited(0))
        let outcome = try stop(server)
        #expect(outcome.errorLines.contains { $0.contains("--bidir is not served here") })
        #expect(outcome.lines.contains { $0.contains("congestion control: reno") })
    }

    @Test("our client sends to, and receives from, iperf3 -s", arguments: ways)
    func client(io: String, host: String) throws {
        for more in [["--octets", "1M"], ["--octets", "1M", "--reverse", "--parallel", "2"]] {
            let (server, port) = try iperf3Server(host: host)
            let client = try ChildProcess.wirewatch(
                arguments: [
                    "tcp", "connect", "\(Self.bracketed(host)):\(port)", "--io", io, "--iperf3", "--peer-report",
                ] + more)
            let outcome = try client.finish()
            #expect(outcome.ending == .exited(0), "\(more): \(outcome.lines) \(outcome.errorLines)")
            let isReverse = more.contains("--reverse")
            // This end's count is exact. iperf3 sends on until it is told to stop.
            let own = isReverse ? "receiver" : "sender"
            let sum = isReverse ? "[SUM]" : "[  1]"
            #expect(outcome.lines.contains { $0.hasPrefix(sum) && $0.contains("1.00 MBytes") && $0.hasSuffix(own) })
            #expect(outcome.lines.contains { $0.hasSuffix(isReverse ? "sender" : "receiver") })
            #expect(outcome.lines.contains { $0.contains("The other end's report:") })
            #expect(outcome.lines.contains { $0.contains("Accepted connection from") })
            #expect(try server.finish().ending == .exited(0))
        }
    }

    @Test("both ends ours: both reports, as text and as JSON", arguments: manners)
    func bothOurs(io: String) throws {
        let (server, port) = try server(io, ["--peer-report", "--interval", "100ms"])
        let text = try ChildProcess.wirewatch(
            "tcp", "connect", "127.0.0.1:\(port)", "--io", io, "--iperf3", "--octets", "3M", "--parallel", "2",
            "--peer-report"
        ).finish()
        #expect(text.ending == .exited(0))
        for role in ["sender", "receiver"] {
            #expect(
                text.lines.contains {
                    $0.hasPrefix("[SUM]") && $0.contains("3.00 MBytes") && $0.hasSuffix(role)
                }, "\(text.lines)")
        }
        #expect(text.lines.contains { $0.contains("Retr  Cwnd         RTT") })
        #expect(text.lines.contains { $0.hasPrefix("processor: sender ") })
        let json = try ChildProcess.wirewatch(
            "tcp", "connect", "127.0.0.1:\(port)", "--io", io, "--iperf3", "--duration", "300ms", "--interval",
            "100ms", "--reverse", "--peer-report", "--json", "--congestion", "reno"
        ).finish()
        #expect(json.ending == .exited(0))
        let events = try Events(json.lines).all
        let reports = events.filter { $0["event"] as? String == "report" }
        for role in ["sender", "receiver"] {
            let own = reports.filter { $0["role"] as? String == role }
            let intervals = own.filter { $0["extent"] as? String == "interval" }.compactMap { $0["octets"] as? Int }
            let totals = own.filter { $0["extent"] as? String == "total" }.compactMap { $0["octets"] as? Int }
            #expect(intervals.count >= 2)
            #expect(totals.count == 1)
            #expect(intervals.reduce(0, +) == totals.first)
        }
        let summary = try #require(events.last)
        #expect(summary["event"] as? String == "summary")
        let sender = try #require(summary["sender"] as? [String: Any])
        #expect(sender["congestionControl"] as? String == "reno")
        #expect(sender["retransmissions"] as? Int != nil)
        #expect(try stop(server).ending == .exited(0))
    }

    /// A bitrate is an upper bound by the clock of who sends, whatever else the machine does.
    @Test("a sender keeps its bitrate, ours and the one that iperf3 asks for", arguments: manners)
    func bitrate(io: String) throws {
        let (server, port) = try server(io)
        let iperf3 = try ChildProcess(
            "/usr/bin/env",
            ["iperf3", "-c", "127.0.0.1", "-p", port, "-t", "1", "-R", "-b", "8M", "-l", "10000", "-P", "2"]
        ).finish()
        #expect(iperf3.ending == .exited(0), "\(iperf3.errorLines)")
        for reverse in [[], ["--reverse"]] {
            let outcome = try ChildProcess.wirewatch(
                arguments: [
                    "tcp", "connect", "127.0.0.1:\(port)", "--io", io, "--iperf3", "--duration", "500ms", "--omit",
                    "1s",
                    "--interval", "500ms", "--bitrate", "8M", "--length", "10000", "--peer-report", "--json",
                ] + reverse
            ).finish()
            #expect(outcome.ending == .exited(0), "\(outcome.errorLines)")
            let reports = try Events(outcome.lines).named("report")
            // What this end omitted is told, of the other end what was measured alone.
            let own = reports.filter { ($0["role"] as? String == "receiver") == reverse.contains("--reverse") }
                .compactMap { $0["extent"] as? String }
            #expect(own.prefix { $0 == "omitted" }.count >= 2, "\(own)")
            #expect(own.last == "total" && own.contains("interval"))
            let total = try #require(reports.last { $0["role"] as? String == "sender" })
            let octets = try #require(total["octets"] as? Int)
            let span =
                try Events.nanoseconds(#require(total["end"] as? String))
                - Events.nanoseconds(#require(total["start"] as? String))
            // A late block may follow from the time that is omitted.
            #expect(octets > 0 && octets <= Int(span) / 1000 + 200_000, "\(octets) in \(span) ns")
        }
        let outcome = try stop(server)
        #expect(outcome.ending == .exited(0))
        let sums = outcome.lines.filter { $0.hasPrefix("[SUM]") && $0.hasSuffix("sender") }
        #expect(sums.count == 1)
        // Two streams of 8 Mbit/s each, and no more; with a late block of each the second of a slow machine is a little longer.
        let words = try #require(sums.first).split(separator: " ")
        if let unit = words.firstIndex(of: "Mbits/sec") {
            #expect(try #require(Double(words[unit - 1])) < 17)
        } else {
            #expect(words.contains("Kbits/sec"), "\(sums)")
        }
    }

    @Test("a second client is told that the server is busy, and a client that goes frees it", arguments: manners)
    func busy(io: String) throws {
        let (server, port) = try server(io)
        let first = try ChildProcess.wirewatch(
            "tcp", "connect", "127.0.0.1:\(port)", "--io", io, "--iperf3", "--duration", "20s")
        _ = try server.waitForLine { $0.contains("connected to") }
        let iperf3 = try ChildProcess("/usr/bin/env", ["iperf3", "-c", "127.0.0.1", "-p", port, "-t", "1"]).finish()
        #expect((iperf3.lines + iperf3.errorLines).contains { $0.contains("the server is busy running a test") })
        let second = try ChildProcess.wirewatch(
            "tcp", "connect", "127.0.0.1:\(port)", "--io", io, "--iperf3", "--octets", "1K"
        ).finish()
        #expect(second.ending == .exited(1))
        #expect(second.errorLines.contains { $0.contains("the server is at another test") })
        _ = try first.waitForLine { $0.contains(" sec ") }
        first.send(signal: SIGINT)
        let interrupted = try first.finish()
        #expect(interrupted.ending == .exited(130))
        #expect(interrupted.lines.contains { $0.hasSuffix("sender") })
        _ = try server.waitForErrorLine { $0.contains("was cut short") }
        let third = try ChildProcess.wirewatch(
            "tcp", "connect", "127.0.0.1:\(port)", "--io", io, "--iperf3", "--octets", "1K"
        ).finish()
        #expect(third.ending == .exited(0))
        #expect(try stop(server).ending == .exited(0))
    }

    @Test("who speaks something else gets no test, and does not disturb one", arguments: manners)
    func nonsense(io: String) throws {
        let (server, port) = try server(io)
        let stranger = try ChildProcess.wirewatch(
            "tcp", "connect", "127.0.0.1:\(port)", "--message", String(repeating: "x", count: 100))
        #expect(try stranger.finish().ending == .exited(0))
        _ = try server.waitForErrorLine { $0.contains("does not speak iperf3's protocol") }
        let client = try ChildProcess.wirewatch(
            "tcp", "connect", "127.0.0.1:\(port)", "--io", io, "--iperf3", "--octets", "1K")
        #expect(try client.finish().ending == .exited(0))
        #expect(try stop(server).ending == .exited(0))
        let refused = try ChildProcess.wirewatch(
            "tcp", "connect", "127.0.0.1:\(port)", "--io", io, "--iperf3", "--octets", "1K"
        ).finish()
        #expect(refused.ending == .exited(1))
        #expect(refused.errorLines.contains { $0.contains("connection refused") })
    }
}
