import ArgumentParser
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PacketDecode
import Presentation
import ServiceLifecycle
import SocketEvents
import Synchronization
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer POST /data, whose body is a value, by what was received.",
        discussion: """
            The body is JSON: {"number": 5, "boolean": true}; number is from 0 to 4294967295. One line a request is printed, \
            until an interrupt. Port 0 lets the kernel choose one; the first line names it.
            """)

    @Argument(help: "Where to listen: host:port, [v6]:port, or :port for every address.")
    var address = "127.0.0.1:8080"

    @Option(help: ArgumentHelp("Refuse bodies of more octets.", valueName: "n"))
    var bodyLimit = 65536

    @Option(help: ArgumentHelp("Seconds that requests have to end after an interrupt.", valueName: "s"))
    var grace = 5.0

    func validate() throws {
        guard (1...16_777_216).contains(bodyLimit) else {
            throw ValidationError("--body-limit must be from 1 to 16777216.")
        }
        guard (0...3600).contains(grace) else { throw ValidationError("--grace must be from 0 to 3600.") }
        guard (try? HostAndPort(parsing: address)) != nil else {
            throw ValidationError("'\(address)' is no address: write host:port, [v6]:port or :port.")
        }
    }

    func run() async throws {
        do throws(SocketError) {
            try await serve()
        } catch {
            throw FailureReport(error)
        }
    }

    /// Serves on the first of the address's addresses that can be bound.
    private func serve() async throws(SocketError) {
        guard let written = try? HostAndPort(parsing: address) else { return }
        var failure: SocketError?
        for candidate in try written.resolve(for: .listening, .stream) {
            do {
                return try await serve(on: candidate.endpoint)
            } catch let error as IOError {
                failure = SocketError(.listen, errno: error.errnoCode, subject: address)
            } catch {
                // Requests that did not end within their grace were cancelled: that is an end in order.
                return
            }
        }
        if let failure { throw failure }
    }

    private func serve(on endpoint: Endpoint) async throws {
        // Hummingbird has nothing to say that is not said here.
        let logger = Logger(label: "wirewatch-web") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            responder: DataResponder(bodyLimit: bodyLimit, observe: Self.show),
            server: .http1(configuration: .init(idleTimeout: .seconds(30))),
            configuration: ApplicationConfiguration(
                address: .hostname("\(endpoint.address)", port: Int(endpoint.port))),
            onServerRunning: { channel in
                guard let local = channel.localAddress else { return }
                WebOutput.write { buffer in
                    buffer.append("listening on http://\(local.hostAndPort)")
                    buffer.endLine()
                }
            },
            logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(grace)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// `127.0.0.1:41234       POST /data  200`.
    @Sendable private static func show(
        _ request: HTTPRequest, _ peer: NIOCore.SocketAddress?, _ status: HTTPResponse.Status
    ) {
        WebOutput.write { buffer in
            buffer.append(peer?.hostAndPort ?? "?")
            buffer.pad(toColumn: 23)
            buffer.append(escaping: request.method.rawValue)
            buffer.append(" ")
            // A path may be as long as the server takes it: its beginning tells enough.
            let path = (request.path ?? "").utf8
            buffer.append(escaping: path.prefix(256))
            if path.count > 256 { buffer.append("…") }
            buffer.append("  ")
            buffer.append(status.code)
            buffer.endLine()
        }
    }
}

extension NIOCore.SocketAddress {
    /// `127.0.0.1:7000`, `[::1]:7000`.
    fileprivate var hostAndPort: String {
        let host = ipAddress ?? ""
        return (host.contains(":") ? "[\(host)]" : host) + ":\(port ?? 0)"
    }
}
