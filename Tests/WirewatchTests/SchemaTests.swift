import Foundation
import Glibc
import TestSupport
import Testing

/// Real output of every command, against the JSON Schema that stands in the repository.
@Suite struct SchemaTests {
    /// Python with the package jsonschema, or nil.
    private static let python: Tool? = {
        guard let python = Tool("python3"), let run = try? python.run(["-c", "import jsonschema"]), run.status == 0
        else { return nil }
        return python
    }()

    /// Prints what is wrong with the lines of a file; nothing where all are valid.
    private static let validation = """
        import json, sys
        from jsonschema import Draft202012Validator
        with open(sys.argv[1]) as file: schema = json.load(file)
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        for line in open(sys.argv[2]):
            for error in validator.iter_errors(json.loads(line)):
                print(error.message[:200], list(error.absolute_path), line[:120])
        """

    private static let schema = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "schema/wirewatch.schema.json").path

    private func faults(_ lines: [String]) throws -> String {
        let folder = try TemporaryFolder()
        let path = try folder.file("lines.jsonl", Array((lines.joined(separator: "\n") + "\n").utf8))
        let run = try #require(Self.python).run(["-c", Self.validation, Self.schema, path])
        #expect(run.status == 0)
        return run.output
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"))
    func readAndExplain() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("sample.pcap", SampleCapture.pcap(SampleCapture.all))
        let read = try ChildProcess.wirewatch("read", "--json", "--verify-checksums", path).finish()
        // The summary, what the D-SACK revises, and a datagram of which a fragment is there.
        #expect(read.lines.count == SampleCapture.all.count + 3)
        let explained = try (1...SampleCapture.all.count).flatMap { frame in
            try ChildProcess.wirewatch("explain", "--json", path, "--frame", "\(frame)").finish().lines
        }
        #expect(explained.count == SampleCapture.all.count)
        #expect(try faults(read.lines + explained) == "")
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"))
    func follow() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("sample.pcap", SampleCapture.pcap(SampleCapture.all))
        for connection in 1...2 {
            let outcome = try ChildProcess.wirewatch("follow", "--json", path, "-n", "\(connection)").finish()
            #expect(outcome.lines.count > 1)
            #expect(try faults(outcome.lines) == "")
        }
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"))
    func flows() throws {
        let captures = URL(filePath: Self.schema).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "captures")
        for name in ["tcp-loss", "tcp-ipv6", "tcp-refused", "udp-fragments", "udp-refused"] {
            let path = captures.appending(path: name + ".pcap").path
            let outcome = try ChildProcess.wirewatch("flows", "--json", path).finish()
            #expect(outcome.lines.count >= 2)
            #expect(try faults(outcome.lines) == "")
        }
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"))
    func interfaces() throws {
        let outcome = try ChildProcess.wirewatch("interfaces", "--json").finish()
        #expect(!outcome.lines.isEmpty)
        #expect(try faults(outcome.lines) == "")
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"), arguments: ["tcp", "udp"])
    func demo(lesson: String) throws {
        let outcome = try ChildProcess.wirewatch("demo", lesson, "--json").finish()
        #expect(outcome.ending == .exited(0))
        #expect(try faults(outcome.lines) == "")
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"), arguments: ["blocking", "async"])
    func traffic(manner: String) throws {
        let listener = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0", "--io", manner, "--json")
        let first = try Events([listener.waitForLine { $0.contains("\"listen\"") }]).all[0]
        let address = try #require(first["local"] as? String)
        let client = try ChildProcess.wirewatch(
            "tcp", "connect", address, "--io", manner, "--json", "--message", "a\u{1B}[31mb"
        ).finish()
        listener.send(signal: SIGTERM)
        let outcome = try listener.finish()
        #expect(!client.lines.isEmpty)
        #expect(try faults(client.lines + outcome.lines) == "")
        let refused = try ChildProcess.wirewatch("tcp", "connect", address, "--io", manner, "--json", "--message", "x")
            .finish()
        if !refused.lines.isEmpty { #expect(try faults(refused.lines) == "") }
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"))
    func http() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("http.pcap", SampleCapture.pcap(SampleCapture.http))
        for arguments in [["read", path, "--json"], ["follow", path, "-n", "1", "--json"]] {
            let outcome = try ChildProcess.wirewatch(arguments: arguments).finish()
            #expect(outcome.lines.contains { $0.contains(#""method":"POST""#) })
            #expect(try faults(outcome.lines) == "")
        }
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"), arguments: ["blocking", "async"])
    func futures(manner: String) throws {
        let outcome = try ChildProcess.wirewatch("futures", "--io", manner, "--seconds", "20ms,10ms", "--json").finish()
        #expect(outcome.lines.count == 10)
        #expect(try faults(outcome.lines) == "")
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"), arguments: ["blocking", "async"])
    func chatAndPings(manner: String) throws {
        let listener = try ChildProcess.wirewatch(
            "tcp", "listen", "127.0.0.1:0", "--io", manner, "--json", "--max-clients", "1", "--line-limit", "3",
            "--ping-interval", "50ms", "--ping-timeout", "100ms")
        let first = try Events([listener.waitForLine { $0.contains("\"listen\"") }]).all[0]
        let address = try #require(first["local"] as? String)
        let chat = try ChildProcess.wirewatch("tcp", "chat", address, "--io", manner, "--json", "--no-pong")
        chat.write("whole\n")
        _ = try listener.waitForLine { $0.contains("notUnderstood") }
        let refused = try ChildProcess.wirewatch(
            "tcp", "connect", address, "--io", manner, "--json", "--ping-interval", "10ms"
        ).finish()
        chat.closeInput()
        let said = try chat.finish().lines
        listener.send(signal: SIGTERM)
        let heard = try listener.finish().lines
        let kinds = try Events(said + heard + refused.lines).all.compactMap { $0["kind"] as? String }
        #expect(Set(kinds).isSuperset(of: ["asked", "notUnderstood", "refused"]))
        #expect(try Events(heard).named("line").compactMap { $0["part"] as? Int } == [1, 2])
        #expect(try Events(said).named("line").compactMap { $0["direction"] as? String }.contains("sent"))
        #expect(try faults(said + heard + refused.lines) == "")
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"))
    func bulkTestAndScale() throws {
        let server = try ChildProcess.wirewatch("tcp", "listen", "127.0.0.1:0", "--iperf3", "--json", "--io", "async")
        let line = try server.waitForErrorLine { $0.contains("serving iperf3 tests on ") }
        let address = try #require(line.split(separator: " ").last.map(String.init))
        let client = try ChildProcess.wirewatch(
            "tcp", "connect", address, "--iperf3", "--json", "--octets", "1M", "--parallel", "2", "--peer-report"
        ).finish()
        server.send(signal: SIGTERM)
        let served = try server.finish()
        #expect(client.lines.contains { $0.contains(#""event":"summary""#) })
        #expect(try faults(client.lines + served.lines) == "")
        let scale = try ChildProcess.wirewatch(
            "tcp", "bench", "--json", "--connections", "3", "--io", "async", "--duration", "20ms"
        ).finish()
        #expect(scale.lines.count == 1)
        #expect(try faults(scale.lines) == "")
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"), arguments: ["blocking", "async"])
    func datagrams(manner: String) throws {
        let (receiver, address) = try NumberedDatagramTests.receiver("127.0.0.1", manner, "--interval", "10ms")
        let sender = try ChildProcess.wirewatch(
            "udp", "send", address, "--io", manner, "--json", "--numbered", "--count", "100", "--rate", "2000", "-i",
            "10ms", "--peer-report"
        ).finish()
        receiver.send(signal: SIGTERM)
        let outcome = try receiver.finish()
        #expect(outcome.lines.contains { $0.contains(#""extent":"interval""#) })
        #expect(try faults(sender.lines + outcome.lines) == "")
        let refused = try ChildProcess.wirewatch(
            "udp", "send", address, "--io", manner, "--json", "--unconnected", "--count", "3", "--interval", "5ms"
        ).finish()
        #expect(refused.lines.contains { $0.contains(#""icmp":{"version":4,"type":3,"code":3"#) })
        #expect(try faults(refused.lines) == "")
    }

    @Test(.enabled(if: python != nil, "needs python3-jsonschema"))
    func labRun() throws {
        let outcome = try ChildProcess.wirewatch(
            "lab", "run", "--json", "--server", "nc -l 9000", "--client", "echo x | nc -N {server} 9000"
        ).finish()
        #expect(outcome.ending == .exited(0))
        let lines = outcome.lines.filter { !$0.contains(#""event":"link""#) }
        #expect(try faults(lines) == "")
    }

    /// Lines as LinkEventJSONTests has them, whatever a run may bring; and what no verdict is.
    @Test(.enabled(if: python != nil, "needs python3-jsonschema"))
    func verdicts() throws {
        let head =
            #"{"event":"link","source":"A","number":3,"kind":"dataSegment","timestamp":"1764000000.000000001","#
        let valid = [
            #""verdict":"dropped","cause":"rule","rule":2,"sentFrame":5,"deliveredFrames":[]}"#,
            #""verdict":"dropped","cause":"loss","deliveredFrames":[]}"#,
            #""verdict":"overtaken","departures":["1764000000.020000000"],"sentFrame":5,"deliveredFrames":[4]}"#,
        ]
        #expect(try faults(valid.map { head + $0 }) == "")
        let invalid = [
            #""verdict":"dropped","deliveredFrames":[]}"#,
            #""verdict":"dropped","cause":"rule","deliveredFrames":[]}"#,
            #""verdict":"dropped","cause":"loss","rule":1,"deliveredFrames":[]}"#,
            #""verdict":"dropped","cause":"loss","deliveredFrames":[1]}"#,
            #""verdict":"delivered","cause":"loss","departures":["1.000000000"],"deliveredFrames":[1]}"#,
            #""verdict":"delivered","deliveredFrames":[1]}"#,
        ]
        for line in invalid { #expect(try faults([head + line]) != "", "\(line)") }
        let sample =
            #""timestamp":"1.000000000","occasion":"periodic","local":"10.7.0.1:1","peer":"10.7.0.2:2","info":{}}"#
        #expect(try faults([#"{"event":"kernel","host":"A","# + sample]) == "")
        #expect(try faults([#"{"event":"kernel","# + sample]) != "")
    }

    /// The validator does find faults: an event with a member that the schema does not know.
    @Test(.enabled(if: python != nil, "needs python3-jsonschema"))
    func aFaultIsFound() throws {
        #expect(try faults([#"{"event":"summary","frameCount":1}"#]) != "")
        #expect(try faults([#"{"event":"interface","name":"lo","mtu":1500}"#]) != "")
    }
}
