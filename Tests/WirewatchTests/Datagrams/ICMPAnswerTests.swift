import Foundation
import Glibc
import TestSupport
import Testing

@Suite("What comes back by ICMP, live")
struct ICMPAnswerTests {
    static let hosts = [("127.0.0.1", "ICMP"), ("[::1]", "ICMPv6")]

    /// An address that nobody receives at.
    private static func refusing(_ host: String) throws -> String {
        let receiver = try ChildProcess.wirewatch("udp", "receive", "\(host):0")
        let address = try TrafficUDPTests.address(of: receiver)
        receiver.send(signal: SIGTERM)
        _ = try receiver.finish()
        return address
    }

    @Test("A connected sender ends at it, and says which message it was", arguments: hosts, TrafficUDPTests.manners)
    func connected(host: (String, String), io: String) throws {
        let address = try Self.refusing(host.0)
        let outcome = try ChildProcess.wirewatch(
            "udp", "send", address, "--io", io, "--count", "50", "--interval", "5ms"
        ).finish()
        #expect(outcome.ending == .exited(1))
        let from = host.0.filter { $0 != "[" && $0 != "]" }
        #expect(
            outcome.errorLines == [
                "wirewatch: cannot send to \(address): connection refused (\(host.1) port unreachable from \(from)). "
                    + "Nothing receives there: start a receiver first"
            ])
    }

    @Test("An unconnected sender goes on, and tells of each", arguments: hosts, TrafficUDPTests.manners)
    func unconnected(host: (String, String), io: String) throws {
        let address = try Self.refusing(host.0)
        let outcome = try ChildProcess.wirewatch(
            "udp", "send", address, "--io", io, "--unconnected", "--count", "5", "--interval", "20ms", "--json"
        ).finish()
        #expect(outcome.ending == .exited(1))
        let events = try Events(outcome.lines).named("socket").filter { $0["call"] as? String == "send" }
        #expect(events.filter { $0["failure"] == nil }.count == 5)
        let failures = events.compactMap { $0["failure"] as? [String: Any] }
        #expect(failures.count >= 4)
        for failure in failures {
            #expect(failure["errno"] as? Int == Int(ECONNREFUSED))
            let icmp = try #require(failure["icmp"] as? [String: Any])
            // RFC 792: type 3, code 3; RFC 4443: type 1, code 4.
            let expected = host.1 == "ICMP" ? [4, 3, 3] : [6, 1, 4]
            #expect(["version", "type", "code"].map { icmp[$0] as? Int } == expected)
        }
    }
}
