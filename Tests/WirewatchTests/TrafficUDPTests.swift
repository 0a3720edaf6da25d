import Foundation
import Glibc
import TestSupport
import Testing

@Suite("wirewatch udp, live")
struct TrafficUDPTests {
    static let manners = ["blocking", "async"]

    static func address(of receiver: ChildProcess) throws -> String {
        let prefix = "receiving on "
        return String(try receiver.waitForLine { $0.hasPrefix(prefix) }.dropFirst(prefix.count))
    }

    @Test("A datagram that the buffer cannot hold is told with what is lost", arguments: TrafficTCPTests.pairs)
    func truncation(host: String, receiving: String, sending: String) throws {
        let receiver = try ChildProcess.wirewatch(
            "udp", "receive", "\(host):0", "--io", receiving, "--count", "4")
        let address = try Self.address(of: receiver)
        for size in ["4000", "1500", "0"] {
            let sender = try ChildProcess.wirewatch("udp", "send", address, "--io", sending, "--size", size)
            #expect(try sender.finish().ending == .exited(0))
        }
        let sender = try ChildProcess.wirewatch("udp", "send", address, "--io", sending)
        sender.write("a line\nexit\n")
        #expect(try sender.finish(keepingInput: true).ending == .exited(0))
        let outcome = try receiver.finish()
        #expect(outcome.ending == .exited(0))
        let shown = outcome.lines.filter { $0.contains(" of ") }
        try #require(shown.count == 4)
        #expect(shown[0].contains("  1500 of 4000 octets: 2500 lost  "))
        #expect(shown[1].contains("  1500 of 1500 octets  "))
        #expect(shown[2].hasSuffix("  0 of 0 octets"))
        #expect(shown[3].hasSuffix("  a line"))
        #expect(
            outcome.errorLines == [
                "wirewatch: 4 datagrams, 3006 octets received, 2500 octets lost to the receive buffer's size, "
                    + "0 datagrams dropped by the kernel"
            ])
    }

    private struct Event: Decodable {
        var event: String
        var role: String
        var call: String
        var manner: String
        var start: String
        var end: String
        var local: String?
        var peer: String?
        var octets: Int?
        var datagramLength: Int?
        var lostOctets: Int?
        var content: String?
    }

    @Test("JSON tells each call, an object a line", arguments: manners)
    func json(io: String) throws {
        let receiver = try ChildProcess.wirewatch(
            "udp", "receive", "127.0.0.1:0", "--io", io, "--buffer", "4", "--count", "1", "--json")
        let first = try receiver.waitForLine()
        let bind = try JSONDecoder().decode(Event.self, from: Data(first.utf8))
        #expect(bind.call == "bind")
        let address = try #require(bind.local)
        let socat = try ChildProcess("/usr/bin/env", ["socat", "-u", "-", "UDP:\(address)"])
        socat.write([UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\n"), UInt8(ascii: "\\"), 0x41, 0x42])
        #expect(try socat.finish().ending == .exited(0))
        let outcome = try receiver.finish()
        let events = try outcome.lines.map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
        #expect(events.map(\.call) == ["bind", "receive", "close"])
        #expect(events.allSatisfy { $0.event == "socket" && $0.role == "receiver" && $0.manner == io })
        let receive = events[1]
        #expect(receive.octets == 4)
        #expect(receive.datagramLength == 6)
        #expect(receive.lostOctets == 2)
        #expect(receive.content == #""\xff\n\\"#)
        #expect(receive.local == address)
        for time in events.flatMap({ [$0.start, $0.end] }) {
            #expect(time.wholeMatch(of: /[0-9]{10}\.[0-9]{9}/) != nil)
        }
    }

    @Test("A share of all lets nothing through and the kernel counts it, a share of none all", arguments: manners)
    func loss(io: String) throws {
        for (loss, received, dropped) in [("0", 30, 0), ("100%", 0, 30)] {
            let receiver = try ChildProcess.wirewatch(
                "udp", "receive", "127.0.0.1:0", "--io", io, "--loss", loss)
            let address = try Self.address(of: receiver)
            let sender = try ChildProcess.wirewatch(
                "udp", "send", address, "--io", io, "--count", "30", "--size", "10")
            #expect(try sender.finish().ending == .exited(0))
            for _ in 0..<received { _ = try receiver.waitForLine { $0.contains("10 of 10 octets") } }
            receiver.send(signal: SIGINT)
            let outcome = try receiver.finish()
            #expect(outcome.ending == .exited(0))
            #expect(outcome.errorLines.first?.hasPrefix("wirewatch: \(received) datagrams, ") == true)
            #expect(outcome.errorLines.first?.hasSuffix(" \(dropped) datagrams dropped by the kernel") == true)
        }
    }

    @Test("nc talks to a receiver", arguments: manners)
    func nc(io: String) throws {
        let receiver = try ChildProcess.wirewatch("udp", "receive", "127.0.0.1:0", "--io", io, "--count", "1")
        let port = try #require(try Self.address(of: receiver).split(separator: ":").last.map(String.init))
        let nc = try ChildProcess("/usr/bin/env", ["nc", "-u", "-w", "1", "127.0.0.1", port])
        nc.write("from nc")
        let outcome = try receiver.finish()
        #expect(outcome.lines.contains { $0.hasSuffix("7 of 7 octets                     from nc") })
        _ = try nc.finish()
    }

    @Test("A receiver ends when its time is over", arguments: manners)
    func duration(io: String) throws {
        let outcome = try ChildProcess.wirewatch("udp", "receive", "[::1]:0", "--io", io, "--duration", "50ms").finish()
        #expect(outcome.ending == .exited(0))
    }

    @Test("A refused port is one clear line", arguments: manners)
    func refused(io: String) throws {
        let receiver = try ChildProcess.wirewatch("udp", "receive", "127.0.0.1:0")
        let address = try Self.address(of: receiver)
        receiver.send(signal: SIGTERM)
        #expect(try receiver.finish().ending == .exited(0))
        let outcome = try ChildProcess.wirewatch("udp", "send", address, "--io", io, "--count", "3").finish()
        #expect(outcome.ending == .exited(1))
        #expect(
            outcome.errorLines == [
                "wirewatch: cannot send to \(address): connection refused (ICMP port unreachable from 127.0.0.1). "
                    + "Nothing receives there: start a receiver first"
            ])
    }
}
