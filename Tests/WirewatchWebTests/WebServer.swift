import TestSupport
import Testing

/// A `wirewatch-web serve` on a port of its own.
final class WebServer {
    let process: ChildProcess
    /// `http://127.0.0.1:40123`, without a path.
    let url: String
    var port: String { String(url.split(separator: ":").last ?? "") }

    init(_ host: String = "127.0.0.1", _ options: [String] = []) throws {
        process = try ChildProcess(
            ChildProcess.builtProductsDirectory + "/wirewatch-web", ["serve", "\(host):0"] + options)
        let line = try process.waitForLine("its address") { $0.hasPrefix("listening on ") }
        url = String(line.dropFirst("listening on ".count))
    }

    /// Interrupts it, and waits for its end.
    func stop() throws -> ChildProcess.Outcome {
        process.send(signal: 2)
        return try process.finish()
    }

    /// Sends octets as they are, and returns all that comes back until the server closes, or after its first answer where
    /// `untilClose` is false.
    func exchange(raw octets: String, python: Tool) throws -> String {
        let script = """
            import socket, sys
            s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
            s.sendall(sys.argv[2].encode("latin-1").decode("unicode_escape").encode("latin-1"))
            s.shutdown(socket.SHUT_WR)
            received = b""
            while True:
                try: part = s.recv(65536)
                except ConnectionResetError: break
                if not part: break
                received += part
            sys.stdout.write(received.decode("latin-1"))
            """
        return try python.run(["-c", script, port, octets]).output
    }
}
