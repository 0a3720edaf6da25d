import SocketEvents
import Synchronization

/// Counts what a traffic command did, for its closing line. Shared by the command's threads.
final class TrafficTotals: Sendable {
    private struct Counts {
        var connections = 0
        var octets = 0
    }

    private let counts = Mutex(Counts())

    func observe(_ event: SocketEvent) {
        guard event.failure == nil else { return }
        counts.withLock { counts in
            switch event.call {
            case .accept: counts.connections += 1
            case .receive: counts.octets += event.octets ?? 0
            default: break
            }
        }
    }

    var serverSummary: String {
        counts.withLock { "\(Self.count($0.connections, "connection")), \(Self.count($0.octets, "octet")) received" }
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
