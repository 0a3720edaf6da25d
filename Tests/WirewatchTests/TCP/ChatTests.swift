import Glibc
import TestSupport
import Testing

@Suite("wirewatch tcp chat, live") struct ChatTests {
    @Test("Both sides speak at once, and one who has ended still hears the other", arguments: TrafficTCPTests.pairs)
    func bothSides(host: String, listening: String, connecting: String) throws {
        let first = try ChildProcess.wirewatch("tcp", "chat", "\(host):0", "--listen", "--io", listening)
        let prefix = "* listening on "
        let address = String(try first.waitForLine { $0.hasPrefix(prefix) }.dropFirst(prefix.count))
        let second = try ChildProcess.wirewatch("tcp", "chat", address, "--io", connecting)
        _ = try first.waitForLine { $0.hasPrefix("* connected by ") }
        for (one, other) in [(first, second), (second, first), (first, second)] {
            one.write("from here: \u{1B}[31mé\n")
            _ = try one.waitForLine { $0 == #"> from here: \x1b[31mé"# }
            _ = try other.waitForLine { $0 == #"< from here: \x1b[31mé"# }
        }
        second.write("no more\n")
        second.closeInput()
        _ = try first.waitForLine { $0 == "< no more" }
        _ = try first.waitForLine { $0 == "* the peer has ended its stream" }
        first.write("but I have\n")
        _ = try second.waitForLine { $0 == "< but I have" }
        for chat in [first, second] {
            let outcome = try chat.finish()
            #expect(outcome.ending == .exited(0))
            #expect(outcome.lines.last == "* closed")
            #expect(outcome.errorLines == [])
        }
    }

    /// Neither side may wait for the other to read before it reads itself, not even to answer a ping: both have messages on
    /// their way that fill the kernels' buffers many times.
    @Test("Much from both sides at once arrives whole", arguments: ["blocking", "async"], ["blocking", "async"])
    func much(listening: String, connecting: String) throws {
        // Little is shown, for nobody reads one chat's output while the other is waited for.
        let options = [
            "--content", "1", "--ping-interval", "20ms", "--ping-timeout", "60s", "--send-buffer", "8192",
            "--receive-buffer", "8192",
        ]
        let messages = ["--count", "20", "--size", "500000"]
        let first = try ChildProcess.wirewatch(
            arguments: ["tcp", "chat", "127.0.0.1:0", "--listen", "--io", listening] + options + messages)
        let prefix = "* listening on "
        let address = String(try first.waitForLine { $0.hasPrefix(prefix) }.dropFirst(prefix.count))
        let second = try ChildProcess.wirewatch(
            arguments: ["tcp", "chat", address, "--io", connecting] + options + messages)
        for chat in [second, first] {
            let outcome = try chat.finish()
            #expect(outcome.ending == .exited(0), "\(outcome.errorLines)")
            // 499,999 octets and the line feed, in eight parts each.
            let parts = outcome.lines.filter { $0.hasPrefix("< ") }
            #expect(parts.count == 20 * 8)
            #expect(parts.filter { $0.hasSuffix("(part 8)") }.count == 20)
        }
    }

    @Test("Only one is taken: the next is refused by the kernel", arguments: ["blocking", "async"])
    func onlyOne(io: String) throws {
        let chat = try ChildProcess.wirewatch("tcp", "chat", "127.0.0.1:0", "--listen", "--io", io)
        let prefix = "* listening on "
        let address = String(try chat.waitForLine { $0.hasPrefix(prefix) }.dropFirst(prefix.count))
        let peer = try ChildProcess.wirewatch("tcp", "chat", address)
        peer.write("here\n")
        _ = try chat.waitForLine { $0 == "< here" }
        let late = try ChildProcess.wirewatch("tcp", "chat", address).finish()
        #expect(late.ending == .exited(1))
        #expect(late.errorLines.first?.contains("connection refused") == true)
        chat.closeInput()
        #expect(try peer.finish().ending == .exited(0))
        #expect(try chat.finish().ending == .exited(0))
    }
}
