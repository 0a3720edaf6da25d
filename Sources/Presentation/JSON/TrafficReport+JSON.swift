public import SocketEvents

extension OutputBuffer {
    /// Appends a report as one JSON object on a line of its own.
    public mutating func appendJSON(_ report: TrafficReport) {
        beginObject()
        key("event")
        value("report")
        key("extent")
        value(report.extent.rawValue)
        key("role")
        value(report.role.rawValue)
        key("manner")
        value(report.manner.rawValue)
        if let stream = report.stream {
            key("stream")
            value(stream)
        }
        if let local = report.local {
            key("local")
            value(local)
        }
        if let peer = report.peer {
            key("peer")
            value(peer)
        }
        key("origin")
        value(report.origin)
        key("start")
        value(report.start)
        key("end")
        value(report.end)
        key("octets")
        value(report.octets)
        key("bitsPerSecond")
        value(UInt64(min(report.bitsPerSecond.rounded(), 1.8e19)))
        switch report.figures {
        case .datagrams(let figures): appendMembers(figures)
        case .stream(let figures): appendMembers(figures)
        }
        endObject()
        endLine()
    }

    private mutating func appendMembers(_ figures: DatagramFigures) {
        let counts = figures.counts
        key("datagrams")
        value(counts.datagrams)
        key("lostOctets")
        value(counts.lostOctets)
        if let jitter = figures.jitter {
            key("jitter")
            value(jitter)
        }
        if figures.isNumbered {
            key("lost")
            value(counts.lost)
            key("total")
            value(counts.total)
            key("doubled")
            value(counts.doubled)
            key("outOfOrder")
            value(counts.outOfOrder)
            key("unplaced")
            value(counts.unplaced)
        }
        if let dropped = figures.droppedByKernel {
            key("droppedByKernel")
            value(dropped)
        }
    }

    private mutating func appendMembers(_ figures: StreamFigures) {
        if let retransmissions = figures.retransmissions {
            key("retransmissions")
            value(retransmissions)
        }
        if let window = figures.congestionWindow {
            key("congestionWindow")
            value(window)
        }
        if let time = figures.roundTripTime {
            key("roundTripTime")
            value(time)
        }
    }
}
