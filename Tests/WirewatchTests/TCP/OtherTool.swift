import Foundation
import TestSupport

/// A program that others wrote, which talks TCP: as a client that sends its input and prints what comes back, or as a server
/// for one client that does the same.
enum OtherTool: String, CaseIterable, Sendable {
    case nc, socat, curl, python3

    /// Those that can listen.
    static let servers: [OtherTool] = [.nc, .socat, .python3]

    static func isInstalled(_ tools: [OtherTool] = allCases) -> Bool {
        tools.allSatisfy { Tool($0.rawValue) != nil }
    }

    /// Starts a client of `address`, which is `host:port` or `[v6]:port`.
    func connect(to address: String) throws -> ChildProcess {
        let (host, port) = Self.parts(of: address)
        let isIPv6 = host.contains(":")
        let arguments =
            switch self {
            case .nc: ["nc", "-N", host, port]
            case .socat: ["socat", "-t", "10", "-", "\(isIPv6 ? "TCP6" : "TCP4"):\(address)"]
            case .curl: ["curl", "-s", "-N", "-g", "telnet://\(address)"]
            case .python3: ["python3", "-u", "-c", Self.pythonClient, host, port]
            }
        return try ChildProcess("/usr/bin/env", arguments)
    }

    /// Starts a server on a port that the kernel chooses, and waits until it listens: it, and where.
    func listen(on host: String) throws -> (tool: ChildProcess, address: String) {
        let isIPv6 = host.contains(":")
        let bracketed = isIPv6 ? "[\(host)]" : host
        switch self {
        case .nc:
            let tool = try ChildProcess("/usr/bin/env", ["nc", "-l", "-v", "-N", host, "0"])
            let line = try tool.waitForErrorLine { $0.hasPrefix("Listening on ") }
            return (tool, "\(bracketed):\(line.split(separator: " ").last ?? "")")
        case .socat:
            let listen = isIPv6 ? "TCP6-LISTEN:0,bind=\(bracketed)" : "TCP4-LISTEN:0,bind=\(host)"
            let tool = try ChildProcess("/usr/bin/env", ["socat", "-d", "-d", "-t", "10", listen, "-"])
            let line = try tool.waitForErrorLine { $0.contains(" listening on ") }
            return (tool, "\(bracketed):\(line.split(separator: ":").last ?? "")")
        case .curl, .python3:
            let tool = try ChildProcess("/usr/bin/env", ["python3", "-u", "-c", Self.pythonServer, host])
            return (tool, "\(bracketed):\(try tool.waitForLine())")
        }
    }

    private static func parts(of address: String) -> (host: String, port: String) {
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
        return (host, String(address[colon...].dropFirst()))
    }

    /// Both halves at once: input to the socket, the socket to the output; each half ends by itself.
    private static let talk = """
        import socket, sys, threading
        def talk(connection):
            def receive():
                while octets := connection.recv(65536):
                    sys.stdout.buffer.write(octets); sys.stdout.buffer.flush()
            thread = threading.Thread(target=receive); thread.start()
            for line in sys.stdin.buffer: connection.sendall(line)
            connection.shutdown(socket.SHUT_WR)
            thread.join()

        """

    private static let pythonClient = talk + "talk(socket.create_connection((sys.argv[1], int(sys.argv[2]))))"

    private static let pythonServer =
        talk + """
            family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
            listener = socket.create_server((sys.argv[1], 0), family=family)
            print(listener.getsockname()[1])
            talk(listener.accept()[0])
            """
}
