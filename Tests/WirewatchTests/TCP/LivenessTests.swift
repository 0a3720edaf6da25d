import Glibc
import TestSupport
import Testing

/// Who notices that a peer has vanished, and what is said of it.
@Suite("Liveness of TCP peers, live") struct LivenessTests {
    static let manners = ["blocking", "async"]

    @Test("A peer that knows no pings is pinged once, and left in peace", arguments: manners)
    func unknowing(io: String) throws {
        let listener = try ChildProcess.wirewatch(
            "tcp", "listen", "127.0.0.1:0", "--io", io, "--ping-interval", "100ms", "--ping-timeout", "200ms")
        let peer = try OtherTool.nc.connect(to: TrafficTCPTests.address(of: listener))
        #expect(try peer.waitForLine() == "PING 1")
        _ = try listener.waitForLine { $0.contains("knows no pings: its kernel acknowledged ping 1, ") }
        peer.write("still here\n")
        _ = try listener.waitForLine { $0.hasSuffix("line 1      still here") }
        #expect(try peer.finish().lines == ["PING 1"])
        listener.send(signal: SIGINT)
        #expect(try listener.finish().ending == .exited(0))
    }

    /// The stopped program's kernel goes on acknowledging, and answering TCP's own keep-alive: no kernel notices.
    @Test("A program that hangs is noticed by who pings it", arguments: manners, manners)
    func hanging(pinging: String, hanging: String) throws {
        let listener = try ChildProcess.wirewatch(
            "tcp", "listen", "127.0.0.1:0", "--io", pinging, "--ping-interval", "100ms", "--ping-timeout", "700ms")
        let address = try TrafficTCPTests.address(of: listener)
        let peer = try ChildProcess.wirewatch("tcp", "connect", address, "--io", hanging)
        _ = try listener.waitForLine { $0.contains("answered ping 2 after ") }
        peer.send(signal: SIGSTOP)
        let line = try listener.waitForLine { $0.contains("has vanished") }
        #expect(line.contains("though its kernel acknowledged it: its program hangs, or has stopped"))
        // Only this client is lost.
        let other = try ChildProcess.wirewatch("tcp", "connect", address, "--message", "another").finish()
        #expect(other.ending == .exited(0))
        peer.send(signal: SIGKILL)
        listener.send(signal: SIGINT)
        #expect(try listener.finish().ending == .exited(0))
    }

    @Test("A client whose server hangs says so and exits with 1", arguments: manners)
    func hangingServer(io: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0")
        let address = try TrafficTCPTests.address(of: listener)
        let client = try ChildProcess.wirewatch(
            "tcp", "connect", address, "--io", io, "--ping-interval", "100ms", "--ping-timeout", "700ms")
        _ = try client.waitForLine { $0.contains("answered ping 1 after ") }
        listener.send(signal: SIGSTOP)
        let outcome = try client.finish(keepingInput: true)
        listener.send(signal: SIGKILL)
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errorLines.first?.hasPrefix("wirewatch: lost \(address): ping ") == true)
        #expect(outcome.errorLines.first?.contains("though its kernel acknowledged it") == true)
    }

    /// What is asked of both ends, and how the client's end words what it noticed.
    struct Watch: Sendable, CustomStringConvertible {
        let name: String
        let options: String
        let words: String

        var description: String { name }

        static let all = [
            Watch(
                name: "ping", options: "--ping-interval 200ms --ping-timeout 800ms",
                words: "and its kernel acknowledged nothing: the host, or the way to it, is gone"),
            Watch(name: "keep-alive", options: "--keep-alive 1s,1s,2", words: "timed out: the peer did not answer"),
            Watch(
                name: "user timeout", options: "--user-timeout 1s --interval 300ms --count 100",
                words: "timed out: the peer did not answer"),
        ]
    }

    /// After three seconds nothing gets through in either direction, not even a FIN: each end has to find out by itself.
    @Test(
        "Where the link dies each watch notices at the client, in both manners",
        .enabled(if: TruthTests.canMakeNamespaces, "needs the right to make namespaces"), arguments: Watch.all, manners)
    func deadLink(watch: Watch, io: String) throws {
        let program = ChildProcess.builtProductsDirectory + "/wirewatch"
        // Standard input stays open, for the end of it would end the client.
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--json", "--rules", "drop all after 3s", "--delay", "5ms", "--server",
            "timeout 10 \(program) tcp listen {server}:9000 --io \(io) --grace 0s",
            "--client",
            "(echo hello; sleep 9) | timeout 9 \(program) tcp connect {server}:9000 --io \(io) \(watch.options)"
        ).finish()
        let said = try Events(outcome.lines).named("output").compactMap { $0["content"] as? String }
        #expect(said.contains { $0.hasPrefix("wirewatch: ") && $0.hasSuffix(watch.words) }, "\(said)")
    }
}
