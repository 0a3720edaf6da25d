internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// Finds the stretches of a timeline in which nothing happens but that octets move, so that all but the beginning of each can
/// be told in sum.
///
/// What moves steadily: segments with no flags but ACK and PSH that the analysis labels in no way, and calls that send or
/// receive. Everything else ends a stretch, but for the kernel's answers, which part it.
struct SteadyRun: Sendable {
    /// What was not shown one by one.
    struct Sum: Sendable, Hashable {
        let start: Timestamp
        var sent: [HostName: Sent] = [:]
        var arrived: [HostName: Int] = [:]
        var calls = 0

        struct Sent: Sendable, Hashable {
            var segments = 0
            var octets = 0
            var acknowledgments = 0
        }
    }

    /// Entries at the beginning of the first stretch, and of each later one, that are shown.
    private static let (shownFirst, shownAgain) = (24, 4)

    private var left = Self.shownFirst
    private var sum: Sum?

    /// Whether `entry` is one of many like it, and is counted in place of being shown. `sender`: the host that sent it, where it
    /// is a frame at its sender's side.
    mutating func hides(_ entry: TimelineEntry, sentBy sender: HostName?) -> Bool {
        switch entry.event {
        case .kernel: return false
        case .socket(let event) where Self.isSteady(event):
            guard isOver(entry.time) else { return false }
            sum?.calls += 1
        case .packet(let event):
            guard let length = Self.steadyLength(event) else {
                left = max(left, Self.shownAgain)
                return false
            }
            guard isOver(entry.time) else { return false }
            if let sender {
                sum?.sent[sender, default: Sum.Sent()].add(length)
            } else {
                sum?.arrived[event.host ?? .a, default: 0] += 1
            }
        case .socket, .link:
            left = max(left, Self.shownAgain)
            return false
        }
        return true
    }

    /// The sum of what was hidden since it was last asked for; nil where that is nothing.
    mutating func take() -> Sum? {
        defer { sum = nil }
        return sum
    }

    /// Counts an entry of a stretch; whether its beginning is over.
    private mutating func isOver(_ time: Timestamp) -> Bool {
        if left > 0 {
            left -= 1
            return false
        }
        if sum == nil { sum = Sum(start: time) }
        return true
    }

    private static func isSteady(_ event: SocketEvent) -> Bool {
        (event.call == .send || event.call == .receive) && event.failure == nil && event.octets ?? 0 > 0
    }

    /// The octets of a segment that moves steadily; nil for any other frame.
    private static func steadyLength(_ event: PacketEvent) -> Int? {
        guard case .tcp(let header) = event.packet.transport, header.flags.isSubset(of: [.ack, .psh]),
            event.http.isEmpty, let said = event.flow?.tcp, said.labels.elements.isEmpty
        else { return nil }
        return Int(event.packet.payloadLength)
    }
}

extension SteadyRun.Sum.Sent {
    fileprivate mutating func add(_ length: Int) {
        if length > 0 {
            segments += 1
            octets += length
        } else {
            acknowledgments += 1
        }
    }
}

extension OutputBuffer {
    /// `⋮ A sends 33304 octets in 23 segments, B sends 20 ACKs, 21 frames arrive at B, 12 calls`.
    mutating func append(_ sum: SteadyRun.Sum) {
        append("⋮")
        var separator = " "
        func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
        for host in [HostName.a, .b] {
            guard let sent = sum.sent[host] else { continue }
            append("\(separator)\(host.rawValue) sends ")
            if sent.segments > 0 {
                append("\(count(sent.octets, "octet", "octets")) in \(count(sent.segments, "segment", "segments"))")
            }
            if sent.acknowledgments > 0 {
                if sent.segments > 0 { append(" and ") }
                append(count(sent.acknowledgments, "ACK", "ACKs"))
            }
            separator = ", "
        }
        for host in [HostName.a, .b] {
            guard let arrived = sum.arrived[host] else { continue }
            append("\(separator)\(count(arrived, "frame arrives", "frames arrive")) at \(host.rawValue)")
            separator = ", "
        }
        if sum.calls > 0 { append("\(separator)\(count(sum.calls, "call", "calls"))") }
    }
}
