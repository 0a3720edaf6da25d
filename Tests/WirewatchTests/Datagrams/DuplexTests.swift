import Foundation
import Glibc
import TestSupport
import Testing

@Suite("One UDP socket that sends and receives at once, live")
struct DuplexTests {
    @Test("Answers are shown while the sender sends", arguments: TrafficTCPTests.pairs)
    func answers(host: String, receiving: String, sending: String) throws {
        let receiver = try ChildProcess.wirewatch(
            "udp", "receive", "\(host):0", "--io", receiving, "--echo")
        let address = try TrafficUDPTests.address(of: receiver)
        for unconnected in [[], ["--unconnected"]] {
            let sender = try ChildProcess.wirewatch(
                arguments: [
                    "udp", "send", address, "--io", sending, "--duplex", "--count", "5", "--interval", "2ms", "--wait",
                    "300ms",
                ] + unconnected)
            for number in 1...5 {
                _ = try sender.waitForLine {
                    $0.hasPrefix(address) && $0.hasSuffix("message \(number)") && $0.contains("9 of 9 octets")
                }
            }
            #expect(try sender.finish().ending == .exited(0))
        }
        receiver.send(signal: SIGINT)
        #expect(try receiver.finish().ending == .exited(0))
    }

    @Test("Two talk with each other", arguments: TrafficTCPTests.pairs)
    func chat(host: String, first: String, second: String) throws {
        let here = try ChildProcess.wirewatch(
            "udp", "chat", "\(host):9", "--bind", "\(host):0", "--io", first)
        let prefix = "wirewatch: receiving on "
        let address = String(try here.waitForErrorLine { $0.hasPrefix(prefix) }.dropFirst(prefix.count))
        let there = try ChildProcess.wirewatch("udp", "chat", address, "--bind", "\(host):0", "--io", second)
        let other = String(try there.waitForErrorLine { $0.hasPrefix(prefix) }.dropFirst(prefix.count))
        there.write("from there\n")
        let line = try here.waitForLine { $0.hasSuffix("from there") }
        #expect(line.hasPrefix(other))
        // Nobody is at port 9: that is told, and ends nothing.
        here.write("to nobody\n")
        _ = try here.waitForLine { $0.contains("send failed: connection refused") && $0.contains("port unreachable") }
        there.write("again\nexit\n")
        _ = try here.waitForLine { $0.hasSuffix("again") }
        #expect(try there.finish(keepingInput: true).ending == .exited(0))
        here.send(signal: SIGINT)
        #expect(try here.finish(keepingInput: true).ending == .exited(0))
    }

    @Test("nc talks with a chat", arguments: TrafficUDPTests.manners)
    func nc(io: String) throws {
        let chat = try ChildProcess.wirewatch("udp", "chat", "127.0.0.1:9", "--bind", "127.0.0.1:0", "--io", io)
        let prefix = "wirewatch: receiving on 127.0.0.1:"
        let port = String(try chat.waitForErrorLine { $0.hasPrefix(prefix) }.dropFirst(prefix.count))
        let nc = try ChildProcess("/usr/bin/env", ["nc", "-u", "-w", "1", "127.0.0.1", port])
        nc.write("from nc")
        _ = try chat.waitForLine { $0.hasSuffix("from nc") }
        chat.write("exit\n")
        #expect(try chat.finish(keepingInput: true).ending == .exited(0))
        _ = try nc.finish()
    }

    @Test("A socat that echoes answers a duplex sender", arguments: TrafficUDPTests.manners)
    func socat(io: String) throws {
        // Its port: one that was free a moment ago.
        let probe = try ChildProcess.wirewatch("udp", "receive", "127.0.0.1:0")
        let address = try TrafficUDPTests.address(of: probe)
        probe.send(signal: SIGTERM)
        _ = try probe.finish()
        let port = try #require(address.split(separator: ":").last)
        let socat = try ChildProcess(
            "/usr/bin/env", ["socat", "-dd", "UDP-RECVFROM:\(port),bind=127.0.0.1,fork", "EXEC:cat"])
        _ = try socat.waitForErrorLine { $0.contains("receiving on") || $0.contains("listening on") }
        let sender = try ChildProcess.wirewatch(
            "udp", "send", address, "--io", io, "--duplex", "--message", "echo me", "--wait", "5s")
        _ = try sender.waitForLine { $0.contains("7 of 7 octets") && $0.hasSuffix("echo me") }
        sender.send(signal: SIGINT)
        _ = try sender.finish()
        socat.send(signal: SIGTERM)
        _ = try socat.finish()
    }
}
