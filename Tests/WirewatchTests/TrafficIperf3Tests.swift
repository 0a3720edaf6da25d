import Foundation
import Glibc
import TestSupport
import Testing

@Suite("wirewatch udp receive beside iperf3, live")
struct TrafficIperf3Tests {
    @Test("iperf3 -u runs its test against a receiver, and reads back what arrived", arguments: TrafficUDPTests.manners)
    func test(io: String) throws {
        let receiver = try ChildProcess.wirewatch("udp", "receive", "127.0.0.1:0", "--io", io, "--iperf3")
        let port = try #require(try TrafficUDPTests.address(of: receiver).split(separator: ":").last.map(String.init))
        _ = try receiver.waitForErrorLine { $0.contains("answering iperf3 clients") }
        let client = try ChildProcess(
            "/usr/bin/env",
            [
                "iperf3", "-u", "-c", "127.0.0.1", "-p", port, "--blockcount", "10", "--length", "2000",
                "--parallel", "2",
            ])
        let outcome = try client.finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.contains { $0.hasPrefix("[SUM]") && $0.contains("(0%)") && $0.contains("receiver") })
        receiver.send(signal: SIGINT)
        let received = try receiver.finish()
        #expect(received.ending == .exited(0))
        let cut = received.lines.filter { $0.contains("1500 of 2000 octets: 500 lost") }
        #expect(cut.count >= 10)
        #expect(received.lines.filter { $0.contains("4 of 4 octets") }.count == 2)
    }

    @Test(
        "The jitter that iperf3 shows is the receiver's", arguments: TrafficUDPTests.manners, [false, true])
    func jitter(io: String, has64Bits: Bool) throws {
        let receiver = try ChildProcess.wirewatch(
            "udp", "receive", "127.0.0.1:0", "--io", io, "--iperf3", "--quiet")
        let port = try #require(try TrafficUDPTests.address(of: receiver).split(separator: ":").last.map(String.init))
        _ = try receiver.waitForErrorLine { $0.contains("answering iperf3 clients") }
        let client = try ChildProcess(
            "/usr/bin/env",
            [
                "iperf3", "-u", "-c", "127.0.0.1", "-p", port, "--blockcount", "400", "--length", "64", "-b", "1M",
                "--json",
            ] + (has64Bits ? ["--udp-counters-64bit"] : []))
        let outcome = try client.finish()
        let result = try #require(JSONSerialization.jsonObject(with: Data(outcome.output)) as? [String: Any])
        let end = try #require(result["end"] as? [String: Any])
        let sum = try #require(end["sum"] as? [String: Any])
        #expect(sum["lost_packets"] as? Int == 0)
        #expect(sum["packets"] as? Int == 400)
        #expect(try #require(sum["jitter_ms"] as? Double) > 0)
        receiver.send(signal: SIGINT)
        #expect(try receiver.finish().ending == .exited(0))
    }

    @Test("iperf3 -u does not disturb a plain listener and receiver", arguments: TrafficUDPTests.manners)
    func plain(io: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0", "--io", io)
        let address = try TrafficTCPTests.address(of: listener)
        let port = try #require(address.split(separator: ":").last.map(String.init))
        let client = try ChildProcess("/usr/bin/env", ["iperf3", "-u", "-c", "127.0.0.1", "-p", port, "-t", "1"])
        // It says the name of its test, which is no line, and waits for an answer.
        _ = try listener.waitForLine { $0.hasSuffix("connected") }
        client.send(signal: SIGKILL)
        _ = try client.finish()
        _ = try listener.waitForLine { $0.hasSuffix("ended its stream") }
        let sender = try ChildProcess.wirewatch("tcp", "connect", address, "--message", "still here")
        #expect(try sender.finish().ending == .exited(0))
        _ = try listener.waitForLine { $0.hasSuffix("still here") }
        listener.send(signal: SIGINT)
        #expect(try listener.finish().ending == .exited(0))
    }
}
