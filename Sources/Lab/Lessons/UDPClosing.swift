internal import PacketDecode
internal import SocketEvents
internal import Timeline

/// What the lesson `udp` had to show, from the record of one run.
enum UDPClosing {
    static func lines(_ record: LessonRecord) -> [String] {
        let sent = record.calls(.send, by: .sender)
        let received = record.calls(.receive, by: .receiver)
        let frames = record.packets.filter { $0.packet.udp != nil }
        var lines = [
            "\(sent.count) datagrams were sent: \(frames.count) frames on the wire, each with all of its datagram's octets."
        ]
        let cut = received.filter { ($0.lostOctets ?? 0) > 0 }
        for event in cut {
            lines.append(
                "Of \(event.datagramLength ?? 0) octets the receiver got \(event.octets ?? 0), what its buffer holds; "
                    + "\(event.lostOctets ?? 0) are gone.")
        }
        let missing = sent.filter { event in !received.contains { $0.datagramLength == event.octets } }
        for event in missing {
            let copies = frames.filter { Int($0.packet.payloadLength) == event.octets }.count
            let end = record.entries.last?.time ?? event.start
            let span = DurationText(nanoseconds: event.start.distance(to: end))
            lines.append(
                "The datagram of \(event.octets ?? 0) octets never came: its receiver's kernel dropped it. In the "
                    + "\(span) that followed it crossed the wire \(copies == 1 ? "no second time" : "\(copies) times")."
            )
        }
        if case .datagramSocket(_, let memory)? = record.kernelEvents.last?.answer {
            let comparison = Int(memory.drops) == missing.count ? "the same" : "NOT the same"
            lines.append(
                "wirewatch misses \(missing.count) at the receiver; the kernel counts \(memory.drops) dropped at its socket "
                    + "(SO_MEMINFO): \(comparison).")
        }
        return lines
    }
}
