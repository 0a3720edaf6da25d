import SocketEvents
import Synchronization

/// Counts what a traffic command did, for its closing line. Shared by the command's threads.
final class TrafficTotals: Sendable {
    private struct Counts {
        var connections = 0
        var datagrams = 0
        var octets = 0
        var lostOctets = 0
    }

    private let counts = Mutex(Counts())

    func observe(_ event: SocketEvent) {
        guard event.failure == nil else { return }
        counts.withLock { counts in
            switch event.call {
            case .accept: counts.connections += 1
            case .receive:
                if event.datagramLength != nil { counts.datagrams += 1 }
                counts.octets += event.octets ?? 0
                counts.lostOctets += event.lostOctets ?? 0
            default: break
            }
        }
    }

    /// Datagrams received so far.
    var datagrams: Int { counts.withLock { $0.datagrams } }

    var serverSummary: String {
        counts.withLock { "\(Self.count($0.connections, "connection")), \(Self.count($0.octets, "octet")) received" }
    }

    /// `drops`: what the kernel dropped at the socket; nil where it did not say.
    func receiverSummary(drops: UInt32?) -> String {
        counts.withLock { counts in
            var line = "\(Self.count(counts.datagrams, "datagram")), \(Self.count(counts.octets, "octet")) received"
            line += ", \(Self.count(counts.lostOctets, "octet")) lost to the receive buffer's size"
            if let drops { line += ", \(Self.count(Int(drops), "datagram")) dropped by the kernel" }
            return line
        }
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
