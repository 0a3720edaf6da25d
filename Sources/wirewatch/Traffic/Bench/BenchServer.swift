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

    /// Starts the server and waits until it listens.
    init(io: IOManner, clients: Int) throws(FailureReport) {
        let (process, output) = try Self.start(io: io, clients: clients)
        guard let port = Self.port(from: output) else {
            Self.end(process, output)
            throw FailureReport(what: "cannot measure", reason: "the server did not say where it listens")
        }
        self.process = process
        self.output = output
        address = SocketAddress(Endpoint(address: .v4(.loopback), port: port))
    }

    deinit { Self.end(process, output) }

    /// Starts the server, and returns its process and the end of a pipe that its output comes from.
    private static func start(io: IOManner, clients: Int) throws(FailureReport) -> (process: pid_t, output: Int32) {
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
        switch started {
        case .success(let process): return (process, ends[0])
        case .failure(let error):
            close(ends[0])
            throw failure(error.value)
        }
    }

    /// Kills the server and waits until it is gone.
    private static func end(_ process: pid_t, _ output: Int32) {
        kill(process, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
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
