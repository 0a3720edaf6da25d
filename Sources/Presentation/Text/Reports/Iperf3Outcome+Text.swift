public import SocketEvents

extension OutputBuffer {
    /// Appends what a bulk test cost, as one line: each end's share of a processor, and the congestion control.
    public mutating func appendText(_ outcome: Iperf3Outcome) {
        append("processor: sender ")
        appendShare(outcome.sender)
        append(", receiver ")
        appendShare(outcome.receiver)
        if let name = outcome.sender.congestionControl {
            append("; congestion control: ")
            append(escaping: name)
        }
        endLine()
    }

    private mutating func appendShare(_ results: Iperf3Results) {
        append(tenths: (results.processorTime.user + results.processorTime.system) * 100)
        append("%")
    }

    /// Appends the reports of one end as iperf3 shows them: intervals under a heading, and the totals below a rule.
    public mutating func appendText(_ reports: [TrafficReport], columns: Int? = nil) {
        var isTotal: Bool?
        for report in reports {
            if (report.extent == .total) != isTotal {
                if isTotal != nil { appendRule() }
                appendHeading(for: report)
                isTotal = report.extent == .total
            }
            appendText(report, columns: columns)
        }
    }
}
