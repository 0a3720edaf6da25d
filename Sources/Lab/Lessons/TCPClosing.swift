internal import FlowAnalysis
internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// What the lesson `tcp` had to show, from the record of one run.
enum TCPClosing {
    static func lines(_ record: LessonRecord) -> [String] {
        var lines: [String] = []
        if let line = handshake(record) { lines.append(line) }
        lines += losses(record)
        lines.append(programs(record))
        lines.append(verdict(record))
        return lines
    }

    private static func handshake(_ record: LessonRecord) -> String? {
        let handshake = record.packets.prefix(3)
        guard handshake.count == 3, let first = handshake.first, let last = handshake.last,
            first.packet.tcp?.flags.contains(.syn) == true, last.packet.tcp?.flags.contains(.syn) == false
        else { return nil }
        let span = DurationText(nanoseconds: first.info.timestamp.distance(to: last.info.timestamp))
        return "The handshake, SYN, SYN ACK, ACK, took \(span): from then on each side counts the other's octets."
    }

    /// A line for each stretch of the stream that was sent again.
    private static func losses(_ record: LessonRecord) -> [String] {
        /// The sendings of what starts at one number, the first included.
        var sendings: [(first: Int64, end: Int64, times: [Timestamp])] = []
        for event in record.packets {
            guard let label = event.retransmission, label.carries.contains(.data) else { continue }
            if let index = sendings.firstIndex(where: { $0.first == label.firstRepeated }) {
                sendings[index].times.append(event.info.timestamp)
            } else {
                let original = label.evidence.map { [$0.timestamp] } ?? []
                sendings.append((label.firstRepeated, label.repeatedEnd, original + [event.info.timestamp]))
            }
        }
        return sendings.map { sending in
            let waits = zip(sending.times, sending.times.dropFirst()).map {
                "\(DurationText(nanoseconds: $0.distance(to: $1)))"
            }
            let again = sending.times.count == 2 ? "once more" : "\(sending.times.count - 1) times more"
            return "Octets \(sending.first) to \(sending.end - 1) went out and were lost, and went out \(again), "
                + "after \(waits.joined(separator: " and then ")) without an ACK."
        }
    }

    private static func programs(_ record: LessonRecord) -> String {
        let sends = record.calls(.send, by: .client).count
        let receives = record.calls(.receive, by: .server).filter { !$0.isEndOfStream }.count
        let segments = record.packets.filter { $0.flow?.direction == .fromInitiator && $0.packet.payloadLength > 0 }
            .count
        return "The programs saw none of it: \(sends) sends, \(receives) receives, and \(segments) segments with data "
            + "on the wire."
    }

    private static func verdict(_ record: LessonRecord) -> String {
        let labelled = record.packets.filter { $0.retransmission != nil && $0.flow?.direction == .fromInitiator }.count
        guard case .connection(let sample)? = record.kernelEvents.last?.answer,
            let counted = sample.info.totalRetransmissions
        else { return "The client's kernel did not say how many segments it sent again (TCP_INFO)." }
        let comparison = Int(counted) == labelled ? "the same" : "NOT the same"
        return "wirewatch labelled \(labelled) of the client's frames as retransmissions; its kernel counts \(counted) "
            + "(TCP_INFO, tcpi_total_retrans): \(comparison)."
    }
}
