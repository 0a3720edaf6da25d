import Glibc
import TestSupport
import Testing

@Suite("TCP tools beside nc, socat, curl and python3, live", .enabled(if: OtherTool.isInstalled(), "needs all four"))
struct OtherToolsTests {
    struct Case: Sendable, CustomStringConvertible {
        let tool: OtherTool
        let io: String
        let host: String

        var bracketed: String { host.contains(":") ? "[\(host)]" : host }
        var description: String { "\(tool.rawValue), \(io), \(host)" }

        static func all(_ tools: [OtherTool]) -> [Case] {
            tools.flatMap { tool in
                ["blocking", "async"].flatMap { io in
                    ["127.0.0.1", "::1"].map { Case(tool: tool, io: io, host: $0) }
                }
            }
        }
    }

    @Test("Each as a client is heard line by line, and gets its echo", arguments: Case.all(OtherTool.allCases))
    func client(of item: Case) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "\(item.bracketed):0", "--io", item.io, "--echo")
        let address = try TrafficTCPTests.address(of: listener)
        let client = try item.tool.connect(to: address)
        client.write("first from \(item.tool)\n")
        #expect(try client.waitForLine() == "first from \(item.tool)")
        _ = try listener.waitForLine { $0.hasSuffix("  line 1      first from \(item.tool)") }
        client.write("PING 12\n")
        #expect(try client.waitForLine() == "PONG 12")
        client.write("second\n")
        #expect(try client.waitForLine() == "second")
        // A ping is no line.
        _ = try listener.waitForLine { $0.hasSuffix("  line 2      second") }
        // curl's telnet does not end with its input.
        guard item.tool != .curl else { return }
        #expect(try client.finish().ending == .exited(0))
        _ = try listener.waitForLine { $0.hasSuffix("ended its stream") }
        listener.send(signal: SIGINT)
        #expect(try listener.finish().ending == .exited(0))
    }

    @Test("`connect` talks with each as a server", arguments: Case.all(OtherTool.servers))
    func serverForConnect(item: Case) throws {
        let (server, address) = try item.tool.listen(on: item.host)
        let client = try ChildProcess.wirewatch("tcp", "connect", address, "--io", item.io)
        client.write("question\n")
        _ = try server.waitForLine { $0 == "question" }
        server.write("answer\n")
        _ = try client.waitForLine { $0.hasSuffix(#"received 7 octets      answer\n"#) }
        client.write("exit\n")
        _ = try client.waitForLine { $0.hasSuffix("our stream ended") }
        #expect(try server.finish().ending == .exited(0))
        let outcome = try client.finish(keepingInput: true)
        #expect(outcome.ending == .exited(0))
        #expect(outcome.errorLines == [])
    }

    @Test("`chat` talks with each as a server, both at once", arguments: Case.all(OtherTool.servers))
    func serverForChat(item: Case) throws {
        let (server, address) = try item.tool.listen(on: item.host)
        let chat = try ChildProcess.wirewatch("tcp", "chat", address, "--io", item.io)
        server.write("hello\n")
        _ = try chat.waitForLine { $0 == "< hello" }
        chat.write("to you too\n")
        _ = try server.waitForLine { $0 == "to you too" }
        server.write("bye\n")
        _ = try chat.waitForLine { $0 == "< bye" }
        chat.closeInput()
        #expect(try server.finish().ending == .exited(0))
        let outcome = try chat.finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.lines.first == "* connected to \(address)")
        #expect(outcome.lines.contains("> to you too"))
        #expect(outcome.lines.contains("* the peer has ended its stream"))
        #expect(outcome.lines.last == "* closed")
    }
}
