internal import FlowAnalysis
internal import PacketDecode
internal import Timeline

/// What a frame is, by what the link did: which label each end's analysis should give it.
///
/// It is told the frames of one direction, first in the order in which they were sent, then in the order in which they
/// arrived.
struct LinkTruth {
    /// A TCP connection's half, by its ports.
    private struct Half: Hashable {
        let source: UInt16
        let destination: UInt16
    }

    private struct Stream {
        var initialSequenceNumber: SequenceNumber
        var sent = SequenceOctets()
        var delivered = SequenceOctets()
        /// The highest number that has arrived: that behind the highest octet, or of a segment without octets.
        var highest: Int64 = 0
        /// Where each frame that has arrived starts, and its number on the link.
        var arrivals: [(start: Int64, number: UInt64)] = []

        /// Whether all that stands behind `end` and has arrived was sent after frame `number`.
        func isOvertaken(_ number: UInt64, endingAt end: Int64) -> Bool {
            arrivals.allSatisfy { $0.start < end || $0.number > number }
        }
    }

    private var streams: [Half: Stream] = [:]
    /// The link's numbers of frames that carry octets sent before.
    private var resends: Set<UInt64> = []
    private var arrived: Set<UInt64> = []

    /// The label at the sender's end; nil where there should be none.
    mutating func send(_ event: LinkEvent) -> SegmentLabel.Kind? {
        let number = event.fate.number
        return withStream(of: event.packet) { stream, octets in
            let isResend = stream.sent.contains(anyOf: octets)
            stream.sent.insert(octets)
            return isResend
        } == true ? note(number) : nil
    }

    private mutating func note(_ number: UInt64) -> SegmentLabel.Kind {
        resends.insert(number)
        return .retransmission
    }

    /// The label at the receiver's end of a frame that arrives now; nil where there should be none.
    ///
    /// A segment without octets may be the first that tells of a hole: it stands beyond what has arrived. A resend that comes
    /// before anything that was sent between it and its original, and after what was sent behind it, is `outOfOrder`: none
    /// of those that overtook it overtook its original.
    mutating func arrive(_ event: LinkEvent) -> SegmentLabel.Kind? {
        let isSecond = !arrived.insert(event.fate.number).inserted
        let number = event.fate.number
        let isResend = resends.contains(number)
        return withStream(of: event.packet) { stream, octets -> SegmentLabel.Kind? in
            defer { stream.arrivals.append((octets.lowerBound, number)) }
            let highest = stream.highest
            let isFirst = stream.delivered.end == nil
            stream.highest = max(highest, octets.upperBound)
            if octets.isEmpty { return !isFirst && octets.lowerBound > highest ? .gap : nil }
            defer { stream.delivered.insert(octets) }
            if isSecond { return .networkDuplicate }
            // What arrives after a resend of it, and left before, was overtaken.
            if stream.delivered.contains(anyOf: octets) { return isResend ? .retransmission : .outOfOrder }
            if isFirst { return nil }
            if octets.lowerBound > highest { return .gap }
            guard octets.lowerBound < highest else { return nil }
            let isOvertaken = !isResend || stream.isOvertaken(number, endingAt: octets.upperBound)
            return isOvertaken ? .outOfOrder : .retransmissionOriginalUnseen
        } ?? nil
    }

    private mutating func withStream<Value>(
        of packet: DecodedPacket, _ body: (inout Stream, Range<Int64>) -> Value
    ) -> Value? {
        guard let tcp = packet.tcp, !tcp.flags.contains(.rst) else { return nil }
        let half = Half(source: tcp.sourcePort, destination: tcp.destinationPort)
        var stream = streams[half] ?? Stream(initialSequenceNumber: tcp.sequenceNumber)
        defer { streams[half] = stream }
        let first = Int64(stream.initialSequenceNumber.distance(to: tcp.sequenceNumber))
        return body(&stream, first..<first + Int64(packet.segmentLength))
    }
}
