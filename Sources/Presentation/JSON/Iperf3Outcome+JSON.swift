public import SocketEvents

extension OutputBuffer {
    /// Appends the summary of a bulk test as one JSON object on a line of its own.
    public mutating func appendJSON(_ outcome: Iperf3Outcome) {
        beginObject()
        key("event")
        value("summary")
        key("role")
        value((outcome.isSender ? SocketRole.sender : .receiver).rawValue)
        key("manner")
        value(outcome.manner.rawValue)
        key("start")
        value(outcome.start)
        key("end")
        value(outcome.end)
        key("streams")
        value(outcome.own.streams.count)
        key("sender")
        appendJSON(outcome.sender)
        key("receiver")
        appendJSON(outcome.receiver)
        if let text = outcome.peer.reportText, outcome.peer.reports.isEmpty {
            key("peerReport")
            value(text)
        }
        endObject()
        endLine()
    }

    private mutating func appendJSON(_ results: Iperf3Results) {
        beginObject()
        key("octets")
        value(results.octets)
        key("bitsPerSecond")
        value(UInt64(min(results.bitsPerSecond.rounded(), 1.8e19)))
        if let retransmissions = results.retransmissions {
            key("retransmissions")
            value(retransmissions)
        }
        if let name = results.congestionControl {
            key("congestionControl")
            value(name)
        }
        key("processorPercent")
        append(tenths: (results.processorTime.user + results.processorTime.system) * 100)
        endObject()
    }
}
