internal import PacketDecode
internal import SocketEvents
public import Timeline

extension OutputBuffer {
    /// Appends an answer of the kernel's as one JSON object on a line of its own.
    public mutating func appendJSON(_ event: KernelEvent) {
        beginObject()
        key("event")
        value("kernel")
        if let role = event.role {
            key("role")
            value(role.rawValue)
        }
        if let host = event.host {
            key("host")
            value(host.rawValue)
        }
        key("timestamp")
        value(event.timestamp)
        key("occasion")
        switch event.occasion {
        case .retransmission(let frame):
            value("retransmission")
            key("frame")
            value(frame)
        case .datagramMissing: value("datagramMissing")
        case .periodic: value("periodic")
        case .end: value("end")
        }
        switch event.answer {
        case .connection(let sample):
            key("local")
            value(sample.local)
            key("peer")
            value(sample.peer)
            key("info")
            appendJSON(sample.info)
        case .datagramSocket(let local, let memory):
            key("local")
            value(local)
            key("memory")
            beginObject()
            key("drops")
            value(memory.drops)
            key("receiveBufferSize")
            value(memory.receiveBufferSize)
            endObject()
        }
        endObject()
        endLine()
    }

    /// Appends TCP_INFO as a JSON object; a field that the kernel did not return is left out.
    private mutating func appendJSON(_ info: TCPInfo) {
        beginObject()
        member("state", info.state?.rawValue)
        member("retransmissionTimeout", info.retransmissionTimeout)
        member("roundTripTime", info.roundTripTime)
        member("roundTripTimeVariation", info.roundTripTimeVariation)
        member("congestionWindow", info.congestionWindow)
        member("slowStartThreshold", info.slowStartThreshold)
        member("unacknowledged", info.unacknowledged)
        member("retransmits", info.retransmits)
        member("totalRetransmissions", info.totalRetransmissions)
        member("bytesAcknowledged", info.bytesAcknowledged)
        member("bytesReceived", info.bytesReceived)
        member("segmentsOut", info.segmentsOut)
        member("segmentsIn", info.segmentsIn)
        member("sendMaximumSegmentSize", info.sendMaximumSegmentSize)
        member("sendWindow", info.sendWindow)
        member("receiveWindow", info.receiveWindow)
        endObject()
    }

    private mutating func member(_ name: String, _ number: (some FixedWidthInteger)?) {
        guard let number else { return }
        key(name)
        value(number)
    }
}
