import TestSupport
import Testing

/// A program on each of the lab's two hosts: what they wrote, and what the wire carried at either end.
struct LabPair {
    /// Where this package's program is, for the commands.
    static let wirewatch = ChildProcess.builtProductsDirectory + "/wirewatch"

    /// How each end makes its calls.
    struct Manners: Sendable, CustomStringConvertible {
        let server: String
        let client: String

        var description: String { "server \(server), client \(client)" }

        static let all = ["blocking", "async"].flatMap { server in
            ["blocking", "async"].map { Manners(server: server, client: $0) }
        }
    }

    /// The frames at the client's end, and at the server's.
    let client: WireCapture
    let server: WireCapture
    private let outcome: ChildProcess.Outcome

    /// Runs both commands until the client's has ended. `{wirewatch}` in them is this package's program; `delay`: of each frame.
    ///
    /// - Throws: also where the run fails.
    init(server serving: String, client asking: String, delay: String = "0s") throws {
        let folder = try TemporaryFolder()
        let commands = [serving, asking].map { $0.replacing("{wirewatch}", with: Self.wirewatch) }
        outcome = try ChildProcess.wirewatch(
            "lab", "run", "--quiet", "--pcap", folder.path("wire.pcap"), "--delay", delay, "--server", commands[0],
            "--client",
            commands[1], seconds: 60
        ).finish()
        #expect(outcome.ending == .exited(0), "\(outcome.lines) \(outcome.errorLines)")
        client = try WireCapture(folder.path("wire-A.pcap"))
        server = try WireCapture(folder.path("wire-B.pcap"))
    }

    /// The lines that the server's program wrote.
    var serverLines: [String] { lines(of: "server │ ") }
    /// The lines that the client's program wrote.
    var clientLines: [String] { lines(of: "client │ ") }

    private func lines(of prefix: String) -> [String] {
        outcome.lines.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
