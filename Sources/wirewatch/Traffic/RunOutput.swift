import PacketDecode
import Presentation
import SocketEvents

/// Prints the reports of a sender's run.
struct RunOutput: Sendable {
    private let reports: ReportOutput?

    /// Without `reports` nothing is printed but the pace.
    init(reports: ReportOutput?) { self.reports = reports }

    /// Prints the intervals that are over.
    func write(_ run: inout SendingRun) {
        let closed = run.takeReports()
        if !closed.isEmpty { reports?.write(closed) }
    }

    /// Prints the totals, this end's and, where it came, the receiver's; and how the pace was held.
    func finish(_ run: SendingRun, heard: PeerReport?, isAsked: Bool) {
        if let total = run.total {
            reports?.write(totals: heard.map { [total, run.total(heard: $0)] } ?? [total])
            if reports != nil || run.pace.rate != nil { StandardError.write(Self.pace(run, total)) }
        }
        if isAsked, heard == nil { StandardError.write("the receiver sent no report") }
    }

    private static func pace(_ run: SendingRun, _ total: TrafficReport) -> String {
        let pace = run.pace
        var line = "\(pace.sent) \(pace.sent == 1 ? "datagram" : "datagrams")"
        let span = total.start.distance(to: total.end)
        if span > 0, pace.sent > 1 {
            var rate = OutputBuffer(capacity: 32)
            // The first datagram starts the time that the others take.
            rate.append(Double(pace.sent - 1) * 1e9 / Double(span), decimals: 1)
            line += ", \(String(decoding: rate.bytes, as: UTF8.self)) a second"
        }
        guard pace.rate != nil else { return line + ", as fast as could be" }
        return line + "; bursts of \(pace.burst), the largest \(pace.largestBurst)"
    }
}
