import Glibc
import Lab
import PacketDecode
import Presentation
import SocketEvents

/// The server of the measurement of scale: this program again, in a process of its own, so that what the kernel tells of that
/// process is the server's alone. It is killed when this goes out of scope.
struct BenchServer: ~Copyable {
    let process: pid_t
    let address: SocketAddress
    private let output: Int32

    private init(process: pid_t, address: SocketAddress, output: Int32) {
        self.process = process
        self.address = address
        self.output = output
    }

    /// Starts the server and waits until it listens.
    static func start(io: IOManner, clients: Int) throws(FailureReport) -> BenchServer {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw failure(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let arguments = [
            "/proc/self/exe", "tcp", "listen", "127.0.0.1:0", "--io", io.rawValue, "--echo", "--quiet",
            "--max-clients", "\(clients)", "--grace", "0s",
        ]
        let started = SpawnedProcess.start(
            arguments, environment: SpawnedProcess.environment, descriptors: [STDIN_FILENO, ends[1], STDERR_FILENO])
        close(ends[1])
        guard case .success(let process) = started else {
            close(ends[0])
            if case .failure(let error) = started { throw failure(error.value) }
            throw failure(0)
        }
        let port = port(from: ends[0])
        let endpoint = Endpoint(address: .v4(IPv4Address(rawValue: 0x7F00_0001)), port: port ?? 0)
        let server = BenchServer(process: process, address: SocketAddress(endpoint), output: ends[0])
        guard port != nil else {
            throw FailureReport(what: "cannot measure", reason: "the server did not say where it listens")
        }
        return server
    }

    deinit {
        if process > 0 {
            kill(process, SIGKILL)
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        }
        close(output)
    }

    private static func failure(_ code: Int32) -> FailureReport {
        FailureReport(what: "cannot start the server", reason: StandardError.words(for: code))
    }

    /// The port in the server's first line, "listening on 127.0.0.1:40000"; it says nothing more.
    private static func port(from descriptor: Int32) -> UInt16? {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while text.count < 65536 {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            text += buffer.prefix(count)
            guard let end = text.firstIndex(of: UInt8(ascii: "\n")) else { continue }
            let line = String(decoding: text[..<end], as: UTF8.self)
            return line.split(separator: ":").last.flatMap { UInt16($0) }
        }
        return nil
    }
}
