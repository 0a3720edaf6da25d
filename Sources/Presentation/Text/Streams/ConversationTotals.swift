public import FlowAnalysis

/// What a followed flow came to.
public struct ConversationTotals: Sendable {
    public let flow: UInt64
    public let initiator: FlowFollower.SideCounts
    public let responder: FlowFollower.SideCounts

    public init(flow: UInt64, initiator: FlowFollower.SideCounts, responder: FlowFollower.SideCounts) {
        self.flow = flow
        self.initiator = initiator
        self.responder = responder
    }

    /// The closing line: "connection 3: 120 octets from the initiator, 300 from the responder (5 missing)".
    public var line: String {
        var buffer = OutputBuffer(capacity: 256)
        buffer.append("connection ")
        buffer.append(flow)
        buffer.append(": ")
        append(initiator, unit: initiator.stream.delivered == 1 ? " octet" : " octets", to: &buffer)
        buffer.append(" from the initiator")
        appendTroubles(initiator, to: &buffer)
        buffer.append(", ")
        append(responder, unit: "", to: &buffer)
        buffer.append(" from the responder")
        appendTroubles(responder, to: &buffer)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    private func append(_ side: FlowFollower.SideCounts, unit: String, to buffer: inout OutputBuffer) {
        buffer.append(side.stream.delivered)
        buffer.append(unit)
        guard side.datagrams > 0 else { return }
        buffer.append(" in ")
        buffer.append(side.datagrams)
        buffer.append(side.datagrams == 1 ? " datagram" : " datagrams")
    }

    private func appendTroubles(_ side: FlowFollower.SideCounts, to buffer: inout OutputBuffer) {
        let troubles = [(side.stream.missing, " missing"), (side.stream.conflicting, " sent again otherwise")]
            .filter { $0.0 > 0 }
        guard !troubles.isEmpty else { return }
        buffer.append(" (")
        for (index, (count, words)) in troubles.enumerated() {
            if index > 0 { buffer.append(", ") }
            buffer.append(count)
            buffer.append(words)
        }
        buffer.append(")")
    }
}
