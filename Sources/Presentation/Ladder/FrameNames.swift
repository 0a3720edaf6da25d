internal import FlowAnalysis
internal import PacketDecode
internal import Timeline

/// How frames are named where the link tells of them: `1:1449`, `SYN`, `ack 1449`. The link knows no flow, so a frame's
/// name is kept from the time that its sender's capture showed it.
struct FrameNames: Sendable {
    private struct Key: Hashable {
        let host: HostName
        let number: UInt64
    }

    private var names: [Key: [UInt8]] = [:]
    /// The keys of `names` in a ring, the oldest at `next` once it is full.
    private var keys: [Key] = []
    private var next = 0
    /// Frames that a verdict may lag behind.
    private static let limit = 1024

    /// Keeps the name of a frame that `host` sent.
    mutating func note(_ event: PacketEvent, sentBy host: HostName) {
        let key = Key(host: host, number: event.info.number)
        if keys.count < Self.limit {
            keys.append(key)
        } else {
            names[keys[next]] = nil
            keys[next] = key
            next = (next + 1) % Self.limit
        }
        var name = OutputBuffer(capacity: 32)
        name.appendName(event.packet, event.flow?.tcp)
        names[key] = name.bytes
    }

    /// The name of the frame that the link judged; by its place on the link where its capture did not show it.
    func name(_ event: LinkEvent) -> [UInt8] {
        if let number = event.sentFrame, let name = names[Key(host: event.source, number: number)] { return name }
        var name = OutputBuffer(capacity: 32)
        name.append("frame ")
        name.append(event.fate.number)
        return name.bytes
    }
}

extension OutputBuffer {
    /// Appends what tells a frame from its neighbors, in a few columns.
    fileprivate mutating func appendName(_ packet: DecodedPacket, _ segment: SegmentObservation?) {
        guard let header = packet.tcp, let segment else {
            appendProtocolName(packet)
            append(" len ")
            append(packet.payloadLength)
            return
        }
        let flags = header.flags
        var isFirst = true
        for (flag, name) in [(TCPFlags.syn, "SYN"), (.fin, "FIN"), (.rst, "RST")] where flags.contains(flag) {
            if !isFirst { append(" ") }
            append(name)
            isFirst = false
        }
        if packet.payloadLength > 0 {
            if !isFirst { append(" ") }
            let first = segment.relativeSequenceNumber + (flags.contains(.syn) ? 1 : 0)
            append(first)
            append(":")
            append(first + Int64(packet.payloadLength))
        } else if isFirst, let acknowledgment = segment.relativeAcknowledgmentNumber {
            append("ack ")
            append(acknowledgment)
        } else if flags.contains(.syn), flags.contains(.ack) {
            append(" ACK")
        }
    }
}
