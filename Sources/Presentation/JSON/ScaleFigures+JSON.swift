public import SocketEvents

extension OutputBuffer {
    /// Appends one row of the measurement of scale as one JSON object on a line of its own.
    public mutating func appendJSON(_ figures: ScaleFigures) {
        beginObject()
        key("event")
        value("scale")
        key("manner")
        value(figures.manner.rawValue)
        member("connections", figures.connections)
        member("refused", figures.refused)
        member("busy", figures.busy)
        member("threads", figures.threads)
        member("residentOctets", figures.residentOctets)
        member("residentOctetsPerConnection", figures.residentOctetsPerConnection)
        member("answers", figures.answers)
        member("duration", figures.duration)
        member("medianLatency", figures.medianLatency)
        member("highLatency", figures.highLatency)
        member("contextSwitches", figures.contextSwitches)
        key("processorPercent")
        append(tenths: figures.processorShare * 100)
        endObject()
        endLine()
    }

    private mutating func member(_ name: String, _ number: some FixedWidthInteger) {
        key(name)
        value(number)
    }
}
