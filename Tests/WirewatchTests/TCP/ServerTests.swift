import Foundation
import Glibc
import TestSupport
import Testing

/// What clients do that a server must outlive.
@Suite("wirewatch tcp listen among bad clients, live") struct ServerTests {
    private static let manners = ["blocking", "async"]

    private func server(_ io: String, _ options: String...) throws -> (listener: ChildProcess, port: String) {
        let listener = try ChildProcess.wirewatch(
            arguments: ["tcp", "listen", "127.0.0.1:0", "--io", io, "--echo"] + options, seconds: 90)
        let address = try TrafficTCPTests.address(of: listener)
        return (listener, String(address.split(separator: ":")[1]))
    }

    private func python(_ script: String, _ arguments: String...) throws -> ChildProcess {
        try ChildProcess("/usr/bin/env", ["python3", "-u", "-c", script] + arguments)
    }

    @Test("Who finds no place is told so, and the next who finds one is served", arguments: manners)
    func full(io: String) throws {
        let (listener, port) = try server(io, "--max-clients", "2")
        let held = try (1...2).map { number in
            let client = try OtherTool.nc.connect(to: "127.0.0.1:\(port)")
            client.write("\(number)\n")
            #expect(try client.waitForLine() == "\(number)")
            return client
        }
        let refused = try OtherTool.nc.connect(to: "127.0.0.1:\(port)")
        #expect(try refused.waitForLine() == "server is full: 2 clients")
        _ = try refused.finish()
        _ = try listener.waitForLine { $0.hasSuffix("refused: the server is full, with 2 clients") }
        _ = try held[0].finish()
        // Its place is free soon after its end.
        var answers: [String] = []
        while answers.last != "now", answers.count < 100 {
            let next = try OtherTool.nc.connect(to: "127.0.0.1:\(port)")
            next.write("now\n")
            answers += try next.finish().lines
        }
        #expect(answers.last == "now")
        held[1].write("still\n")
        #expect(try held[1].waitForLine() == "still")
    }

    @Test("A blocking server says what it can hold")
    func room() throws {
        let listener = try ChildProcess(
            "/bin/sh",
            [
                "-c", "ulimit -n 100; exec \"$0\" tcp listen 127.0.0.1:0",
                ChildProcess.builtProductsDirectory + "/wirewatch",
            ])
        _ = try listener.waitForErrorLine {
            $0 == "wirewatch: room for 68 clients at once, a thread each (the limit is ulimit -n)"
        }
        listener.send(signal: SIGINT)
        #expect(try listener.finish().ending == .exited(0))
    }

    @Test(
        "After an interrupt nobody new comes, and who is there is heard until the end of the grace", arguments: manners)
    func grace(io: String) throws {
        let (listener, port) = try server(io, "--grace", "20s")
        let client = try OtherTool.nc.connect(to: "127.0.0.1:\(port)")
        client.write("before\n")
        #expect(try client.waitForLine() == "before")
        listener.send(signal: SIGINT)
        _ = try listener.waitForErrorLine {
            $0.hasPrefix("wirewatch: no new clients; 1 client may finish within 20.0s")
        }
        let late = try ChildProcess.wirewatch("tcp", "connect", "127.0.0.1:\(port)").finish()
        #expect(late.errorLines.first?.contains("connection refused") == true)
        client.write("after\n")
        #expect(try client.waitForLine() == "after")
        #expect(try client.finish().ending == .exited(0))
        let outcome = try listener.finish()
        #expect(outcome.ending == .exited(0))
        #expect(outcome.errorLines.last == "wirewatch: 1 connection, 13 octets received")
    }

    @Test("The grace ends for a client that stays, and a second interrupt ends it at once", arguments: manners)
    func endOfGrace(io: String) throws {
        for (grace, ending) in [("100ms", ChildProcess.Ending.exited(0)), ("60s", .exited(130))] {
            let (listener, port) = try server(io, "--grace", grace)
            let client = try OtherTool.nc.connect(to: "127.0.0.1:\(port)")
            client.write("x\n")
            #expect(try client.waitForLine() == "x")
            listener.send(signal: SIGINT)
            _ = try listener.waitForErrorLine { $0.hasPrefix("wirewatch: no new clients") }
            if grace == "60s" { listener.send(signal: SIGINT) }
            let outcome = try listener.finish()
            #expect(outcome.ending == ending)
            #expect(outcome.errorLines.contains("wirewatch: the time is over for 1 client") == (grace == "100ms"))
        }
    }

    @Test("A client that sends an octet now and then is closed at the end of its time", arguments: manners)
    func slowLoris(io: String) throws {
        let (listener, port) = try server(io, "--idle-timeout", "500ms")
        let loris = try python(
            """
            import socket, sys, time
            crowd = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(50)]
            for one in crowd: one.setblocking(False)
            for _ in range(400):
                # Each stays until the server has closed it.
                for one in crowd[:]:
                    try:
                        one.sendall(b"x")
                        if not one.recv(1): crowd.remove(one)
                    except BlockingIOError: pass
                    except OSError: crowd.remove(one)
                if not crowd: break
                time.sleep(0.05)
            else: sys.exit(1)
            """, port)
        #expect(try loris.finish().ending == .exited(0))
        for _ in 0..<50 {
            _ = try listener.waitForLine { $0.hasSuffix("is closed: it completed no line for 500ms") }
        }
        listener.send(signal: SIGINT)
        #expect(try listener.finish().ending == .exited(0))
    }

    /// A line of 64 MiB, random octets, clients that go before their answer, a flood of connections, and one that sends and
    /// never reads; meanwhile a good client asks every 20 ms.
    @Test(
        "A good client is served within a second, whatever the others do, and memory stays bounded", arguments: manners)
    func abuse(io: String) throws {
        let (listener, port) = try server(io, "--quiet", "--grace", "100ms")
        // Other tests may take both processors for a while: what counts is that it can be done.
        var waits: [Double] = []
        while waits.count < 3, (waits.min() ?? .infinity) >= 1 {
            let abuser = try python(Self.abuse, port, "\(listener.processID)")
            let outcome = try abuser.finish()
            #expect(outcome.ending == .exited(0), "\(outcome.errorLines)")
            waits.append(try #require(outcome.lines.first.flatMap { Double($0) }))
            let memory = try #require(outcome.lines.last.flatMap { Int($0) })
            // The octets that were sent would be six times as much.
            #expect(memory < 64 << 10, "\(memory) KiB more at most")
        }
        #expect(waits.min() ?? .infinity < 1, "\(waits)")
        listener.send(signal: SIGINT)
        let end = try listener.finish()
        #expect(end.ending == .exited(0))
    }

    private static let abuse = """
        import os, socket, struct, sys, threading, time
        port, process = int(sys.argv[1]), sys.argv[2]
        def memory():
            text = open(f"/proc/{process}/status").read()
            return int(text.split("VmHWM:")[1].split()[0])
        def connect(): return socket.create_connection(("127.0.0.1", port), timeout=20)
        def reset(connection):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        before, worst, over = memory(), 0, False
        def probe():
            global worst
            while not over:
                start = time.monotonic()
                with connect() as good:
                    good.sendall(b"good\\n")
                    assert good.recv(100) == b"good\\n"
                worst = max(worst, time.monotonic() - start)
                time.sleep(0.02)
        prober = threading.Thread(target=probe); prober.start()

        def without_line_feed():
            one = connect()
            def read():
                while one.recv(1 << 20): pass
            reader = threading.Thread(target=read); reader.start()
            for _ in range(64): one.sendall(b"a" * (1 << 20))
            one.shutdown(socket.SHUT_WR); reader.join(); one.close()
        def without_reading():
            one = connect(); one.settimeout(0.5)
            try:
                while True: one.sendall(b"line\\n" * 20000)
            except TimeoutError: pass
            reset(one)
        def random_octets():
            for _ in range(20):
                one = connect(); one.sendall(os.urandom(100000)); reset(one)
        def gone_before_the_answer():
            for _ in range(200):
                one = connect(); one.sendall(b"x\\n" * 1000); reset(one)
        def flood():
            for _ in range(1000): reset(connect())
        for deed in [without_line_feed, without_reading, random_octets, gone_before_the_answer, flood]: deed()
        over = True; prober.join()
        print(worst); print(memory() - before)
        """
}
